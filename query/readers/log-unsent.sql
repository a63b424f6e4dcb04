-- In place of {{is-unsent}}: whether a row is of a call that failed before any of it was sent to the upstream. TCP tells no such times; there a flag does:
-- UH, UF, UO or NR.
kept = 'failed' AND upstream_first_sent_us = 4294967295 AND (kind != 'tcp' OR bitAnd(response_flags, 2 + 32 + 128 + 256) != 0)
