module mtls-gauntlet/conformance/adapters/go

go 1.19
