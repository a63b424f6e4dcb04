-- One row: who may do, for one term, what must be done once. The first insert of a term wins: all bids for it carry the same
-- deduplication token. Only the last term of a name matters, the others merge away. Few rows, for ever; in a cluster on shard 1.
CREATE TABLE IF NOT EXISTS lease (
    name                     String,
    term                     UInt64,
    holder                   String,
    taken_at                 DateTime64(3, 'UTC') DEFAULT now64(3)   -- the database's clock: the one that all rivals share
) ENGINE = ReplacingMergeTree(term)
ORDER BY name
SETTINGS non_replicated_deduplication_window = 100000;
