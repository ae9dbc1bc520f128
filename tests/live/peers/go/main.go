// SPDX-License-Identifier: Apache-2.0 OR MIT

// go-waku as a driver of the live tests: a node with the services that its one argument names, and go-waku's own
// clients for the commands. ../../README.md has the argument's keys and the commands. This driver's own are the keys
//
//	rest      none; else the port of go-waku's REST server, 0 for a free one; the started event has its URL as `rest`
//	announce  none; else the addresses that peers are told instead of `listen`: those of a proxy before the node
//
// and the commands
//
//	mesh     pubsub_topic  gives `peers` (that joined the topic) and `mesh` (of those, how many in our mesh)
//	traffic                gives `in` and `out`, bytes of streams by protocol, `total_in`, `total_out`
//	gossip                 gives what the relay sent and received, kind by kind, and what became of messages
//	about                  gives the `versions` of what this is made of, and gossipsub's parameters, as `gossipsub`
//
// What go-waku's clients do not tell is put so: `status` is 200 for lightpush's and the legacy store's successes, 0 for
// a lightpush that was refused and 400 for a legacy cursor that is not known. Cursors of store 3 are hashes, with 0x;
// legacy ones are an encoded Index, in base64. A message that relay brought has `peer`, who brought the first copy, and
// `received`, when, in nanoseconds; one that the node published itself has neither, but the answer to the command has
// `published`.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// An answer or event, as one line. Lines do not mix.
type lines struct {
	lock   sync.Mutex
	target *os.File
}

func (l *lines) write(fields map[string]any) {
	line, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	if _, err := l.target.Write(append(line, '\n')); err != nil {
		os.Exit(0) // Nobody listens any more.
	}
}

// Gives the standard output to our lines alone: parts of go-waku print there, and are sent to the error output.
func takeOutput() (*lines, error) {
	output, err := syscall.Dup(syscall.Stdout)
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(output)
	if err := syscall.Dup3(syscall.Stderr, syscall.Stdout, 0); err != nil {
		return nil, err
	}
	return &lines{target: os.NewFile(uintptr(output), "output")}, nil
}

// The input ends with the parent, unless somebody else inherited its other end.
func endWithParent() {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(time.Second)
	}
	os.Exit(0)
}

func end(why error) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(2)
}

func main() {
	output, err := takeOutput()
	if err != nil {
		end(err)
	}
	go endWithParent()
	argument := "{}"
	if len(os.Args) > 1 {
		argument = os.Args[1]
	}
	settings, err := parseSettings(argument)
	if err != nil {
		end(err)
	}
	peer, err := startPeer(context.Background(), settings, output)
	if err != nil {
		end(err)
	}
	output.write(peer.started())

	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 1 {
			go peer.run(line)
		}
		if err == io.EOF {
			break
		} else if err != nil {
			end(err)
		}
	}
	go func() {
		time.Sleep(2 * time.Second)
		os.Exit(0)
	}()
	peer.node.Stop()
}
