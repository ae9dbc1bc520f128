// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"testing"
)

func TestAStreamCarriesBytesBothWays(t *testing.T) {
	server, client := startTested(t, `{}`), startTested(t, `{}`)
	server.serve("/echo/1")
	client.dialled(server)
	id := client.opens(server, "/unknown/1", "/echo/1")
	client.stream(id).give([]byte("asked"))
	client.stream(id).closeWrite()
	if opened := client.of(eventStreamOpened, id); opened.text != "/echo/1" || opened.peer != server.peer {
		t.Fatalf("opened %q with %q", opened.text, opened.peer)
	}
	accepted := server.ofPeer(eventStreamAccepted, client.peer)
	if accepted.id%2 != 1 || accepted.text != "/echo/1" {
		t.Fatalf("accepted %d %q", accepted.id, accepted.text)
	}
	if asked := server.readAll(accepted.id); asked != "asked" {
		t.Fatalf("the server read %q", asked)
	}
	server.stream(accepted.id).give([]byte("answered"))
	server.of(eventStreamDrained, accepted.id)
	server.stream(accepted.id).closeWrite()
	if answered := client.readAll(id); answered != "answered" {
		t.Fatalf("the client read %q", answered)
	}
	for _, h := range []*tested{client, server} {
		eventually(t, "the end of the stream", func() bool { return len(h.allStreams()) == 0 })
	}
}
