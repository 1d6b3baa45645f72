module mtls-gauntlet/bench

go 1.21
