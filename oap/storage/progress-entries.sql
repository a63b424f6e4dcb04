-- Entries of the batches that one life of one process closed, numbers in a range, as they are stored.
SELECT sum(entries) AS entries
FROM node_progress
WHERE node = {node:String} AND part = {part:String} AND batch >= {from:String} AND batch < {to:String}
