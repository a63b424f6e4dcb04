-- Of some names those that a pattern matches from end to end. Patterns are those of Prometheus: ClickHouse has the same engine (RE2), which takes time
-- in proportion to the text whatever the pattern, as the one of this process does not.
SELECT name
FROM (SELECT arrayJoin({names:Array(String)}) AS name)
WHERE match(name, {pattern:String})
LIMIT 10000
