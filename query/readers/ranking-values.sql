-- A ranking's value of one step by the kind of its metric, as oap/catalog/metric.ts reads it, rounded down, but 0 where nothing was seen. a#, b# and seen# are
-- columns (v1, v2 ...).
-- rate
if({seen#:Identifier} = 0, 0, intDiv({a#:Identifier} * {scale#:Int64}, {time#:Int64}))
-- rate_of_two
if({seen#:Identifier} = 0, 0, intDiv(({a#:Identifier} * {weight_a#:Int64} + {b#:Identifier} * {weight_b#:Int64}) * {scale#:Int64}, {time#:Int64}))
-- ratio
intDivOrZero({a#:Identifier} * {scale#:Int64}, {seen#:Identifier})
-- ratio_of_two
intDivOrZero(({a#:Identifier} * {weight_a#:Int64} + {b#:Identifier} * {weight_b#:Int64}) * {scale#:Int64}, {seen#:Identifier})
-- seen
{seen#:Identifier} > 0
-- steps
length({seen#:Identifier}) - countEqual({seen#:Identifier}, 0)
