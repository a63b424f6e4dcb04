-- One row: free and total bytes of the disks that our tables may write to. Object storage has no end; its disks say so in numbers too
-- large for a sum, hence Float64.
SELECT sum(toFloat64(least(free_space, unreserved_space))) AS free, sum(toFloat64(total_space)) AS total
FROM system.disks
WHERE name IN (
    SELECT arrayJoin(disks) FROM system.storage_policies
    WHERE policy_name IN (
        SELECT storage_policy FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
    )
)
