-- A ranking's value by the kind of its metric, as readValue in oap/catalog/metric.ts has it. a#, b# and seen# are sums (v1, v2 ...), steps# the number of
-- steps in which there was something, `step` the seconds of one. Of at most 64 steps from `from` on each is a bit: a set of them for each entity
-- takes a quarter of the time of the whole statement. `of_mesh` and `of_services`: for which rankings an entity is a candidate; one with a service ranks what
-- belongs to it.
-- rate
intDivOrZero({a#:Identifier} * {scale#:Int64}, {steps#:Identifier} * {step:UInt32})
-- rate_of_two
intDivOrZero(({a#:Identifier} * {weight_a#:Int64} + {b#:Identifier} * {weight_b#:Int64}) * {scale#:Int64}, {steps#:Identifier} * {step:UInt32})
-- ratio
intDivOrZero({a#:Identifier} * {scale#:Int64}, {seen#:Identifier})
-- ratio_of_two
intDivOrZero(({a#:Identifier} * {weight_a#:Int64} + {b#:Identifier} * {weight_b#:Int64}) * {scale#:Int64}, {seen#:Identifier})
-- seen
{seen#:Identifier}
-- steps
uniqExactIf(minute, {step_of#:Identifier} > 0) AS steps#,
-- steps_of_64
bitCount(groupBitOr(bitShiftLeft(toUInt64({step_of#:Identifier} > 0), intDiv(toUnixTimestamp(minute) - {from:UInt32}, {step:UInt32})))) AS steps#,
-- of_mesh
arrayFilter((ranking, found, of_scope) -> found > 0 AND scope = of_scope, arrayEnumerate(ranked), seen, {scopes:Array(String)})
-- of_services
arrayFilter(
    (ranking, found, of_scope, of_service, of_normal) -> found > 0 AND scope = of_scope AND (of_service = '' OR (service = of_service AND normal = of_normal)),
    arrayEnumerate(ranked), seen, {scopes:Array(String)}, {services:Array(String)}, {normals:Array(UInt8)}
)
