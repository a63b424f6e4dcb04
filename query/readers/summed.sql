-- Of an entity: the sums of the columns c# (a line with # is there once for each). Of the columns those that are asked for are read.
    [
        sum({c#:Identifier})
    ] AS sums
