-- The sum of a ranking's values over all steps, by the kind of its metric; a value is what oap/catalog/metric.ts reads, rounded down. a#, b# and seen# are
-- columns (v1, v2 ...), each an array with one number for each step; where `seen` is 0 there is no value.
-- rate
arraySum((a, seen) -> if(seen = 0, 0, intDiv(a * {scale#:Int64}, {time#:Int64})), {a#:Identifier}, {seen#:Identifier})
-- rate_of_two
arraySum((a, b, seen) -> if(seen = 0, 0, intDiv((a * {weight_a#:Int64} + b * {weight_b#:Int64}) * {scale#:Int64}, {time#:Int64})), {a#:Identifier}, {b#:Identifier}, {seen#:Identifier})
-- ratio
arraySum((a, seen) -> intDivOrZero(a * {scale#:Int64}, seen), {a#:Identifier}, {seen#:Identifier})
-- ratio_of_two
arraySum((a, b, seen) -> intDivOrZero((a * {weight_a#:Int64} + b * {weight_b#:Int64}) * {scale#:Int64}, seen), {a#:Identifier}, {b#:Identifier}, {seen#:Identifier})
-- steps
length({seen#:Identifier}) - countEqual({seen#:Identifier}, 0)
