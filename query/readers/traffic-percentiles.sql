-- For traffic.sql: percentiles as histogram buckets (50, 75, 90, 95, 99). The histogram is most of what there is to read.
    quantilesExactWeightedArray(0.5, 0.75, 0.9, 0.95, 0.99)(mapKeys(t.latency_histogram), mapValues(t.latency_histogram)) AS percentiles
