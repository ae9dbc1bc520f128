module waku_benchmark_go

go 1.23.0

require (
	github.com/libp2p/go-libp2p-pubsub v0.13.1
	github.com/waku-org/go-waku v0.10.0
	google.golang.org/protobuf v1.36.4
)

require (
	github.com/ethereum/go-ethereum v1.16.3 // indirect
	github.com/holiman/uint256 v1.3.2 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	go.uber.org/zap v1.27.0 // indirect
)
