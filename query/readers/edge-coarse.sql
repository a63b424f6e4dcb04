-- Of either side of an edge: calls with a known latency, and buckets (50, 95, 99) of the coarse histogram, meaningless where there were none.
    sumIf(t.timed, of_client) AS client_timed,
    quantilesExactWeightedArrayIf(0.5, 0.95, 0.99)(mapKeys(t.latency_coarse), mapValues(t.latency_coarse), of_client) AS client_coarse,
    sumIf(t.timed, of_server) AS server_timed,
    quantilesExactWeightedArrayIf(0.5, 0.95, 0.99)(mapKeys(t.latency_coarse), mapValues(t.latency_coarse), of_server) AS server_coarse
