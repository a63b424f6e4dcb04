-- In place of {{log-reports}}: `reports`, the calls that a row reports and that are asked for, each with who called, who was called, and by which side: 1
-- the called one, 0 the calling one, 2 the calling one where nothing was sent to the other. And `is_unsent`, whether that is so: a call that failed before
-- any of it went upstream. TCP tells no such times; there a flag does: UH, UF, UO or NR.
            kept = 'failed' AND upstream_first_sent_us = 4294967295
                AND (kind != 'tcp' OR bitAnd(response_flags, 2 + 32 + 128 + 256) != 0) AS is_unsent,
            arrayFilter(
                one -> (empty({of_callers:Array(String)}) OR has({of_callers:Array(String)}, one.1))
                    AND (empty({of_callees:Array(String)}) OR has({of_callees:Array(String)}, one.2)),
                multiIf(
                    detect_point = 'server', [(toString({{caller}}), toString(service), 1)],
                    detect_point = 'client', [(toString(service), toString(callee), if(is_unsent, 2, 0))],
                    [(toString({{caller}}), toString(service), 1), (toString(service), toString(callee), if(is_unsent, 2, 0))]
                )
            ) AS reports
