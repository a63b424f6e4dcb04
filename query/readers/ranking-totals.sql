-- What each entity that can be ranked comes to over a range: the columns that the rankings use. A line with # stands for several, one for each number: c# are
-- the columns, v# their sums. Before them, for rates, in how many steps there was something (the `steps` of ranking-values.sql). Entities are grouped by what
-- tells those of these scopes apart and by no more, which is most of what this takes; other names are empty.
SELECT
    {{names}},
    {{steps}}
    toInt64(sum({c#:Identifier})) AS v#
FROM {table:Identifier} AS t
PREWHERE t.scope IN {scopes:Array(String)}
  AND (has({services:Array(String)}, '') OR service IN {services:Array(String)})
  AND {{range}}
GROUP BY {{key}}
