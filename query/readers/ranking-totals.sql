-- What each entity that can be ranked comes to over a range: the columns that the rankings use. A line with # stands for several, one for each number: c# are
-- the columns, v# their sums. Before them, for rates, in how many steps there was something (the `steps` of ranking-values.sql): scopes that are ranked by a
-- rate have a slice of their own, of rows of a step. Entities are grouped by what tells those of these scopes apart and by no more, which is most of what
-- this takes; other names are empty. Where each ranking has a service, rows of these are all that is read.
SELECT
    {{names}},
    {{steps}}
    toInt64(sum({c#:Identifier})) AS v#
FROM (
    {{slice}}
    SELECT
        scope, service, normal, instance, endpoint, minute,
        {c#:Identifier}
    FROM {table:Identifier}
    PREWHERE scope IN {scopes:Array(String)} AND {{services}}{{range}}
    {{/slice}}
) AS t
GROUP BY {{key}}
