-- Of an entity: the histogram buckets of 50, 75, 90, 95 and 99 %, meaningless where no latency was known.
    quantilesExactWeightedArray(0.5, 0.75, 0.9, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS buckets
