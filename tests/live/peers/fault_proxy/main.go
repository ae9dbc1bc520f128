// SPDX-License-Identifier: Apache-2.0 OR MIT

// toxiproxy's server, which ends when its input does. It is driven by toxiproxy's own HTTP interface, at the address that
// -host and -port name (port 0: a free one) and that it tells in one line of JSON:
// {"event": "started", "control": "http://127.0.0.1:1"}. What it logs goes to the error output.
package main

import (
	"encoding/json"
	"flag"
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
	host := flag.String("host", "127.0.0.1", "where the control listens")
	port := flag.String("port", "0", "at which port; 0: a free one")
	flag.Parse()
	go endWithParent()
	logger := zerolog.New(os.Stderr).With().Timestamp().Logger()
	proxy := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), logger)
	listener, err := net.Listen("tcp", net.JoinHostPort(*host, *port))
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
