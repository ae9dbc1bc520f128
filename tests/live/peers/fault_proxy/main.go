// SPDX-License-Identifier: Apache-2.0 OR MIT

// toxiproxy's server, which ends when its input does. It is driven by toxiproxy's own HTTP interface, at a free port of
// the loopback that it tells in one line of JSON: {"event": "started", "control": "http://127.0.0.1:1"}. What it logs
// goes to the error output.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

func end(why error) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(2)
}

// The input ends with the parent, unless somebody else inherited its other end.
func endWithParent() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(time.Second)
	}
	os.Exit(0)
}

func main() {
	go endWithParent()
	logger := zerolog.New(os.Stderr).With().Timestamp().Logger()
	proxy := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), logger)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		end(err)
	}
	started, err := json.Marshal(map[string]string{"event": "started", "control": "http://" + listener.Addr().String()})
	if err != nil {
		end(err)
	}
	go func() {
		end(http.Serve(listener, proxy.Routes()))
	}()
	fmt.Println(string(started))
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		end(err)
	}
}
