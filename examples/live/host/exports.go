// SPDX-License-Identifier: Apache-2.0 OR MIT

// The functions of libp2p_host.h.
package main

/*
#include "libp2p_host.h"

// The header's parameters as cgo can write them down.
typedef const libp2p_view const_libp2p_view;
*/
import "C"

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

func main() {}

var (
	hosts    sync.Map // number -> *host
	lastHost atomic.Uint64
)

func hostOf(number C.libp2p_host) *host {
	found, is := hosts.Load(uint64(number))
	if !is {
		return nil
	}
	return found.(*host)
}

func streamOf(number C.libp2p_host, id C.uint64_t) *stream {
	h := hostOf(number)
	if h == nil {
		return nil
	}
	return h.stream(uint64(id))
}

func bytesFrom(view C.libp2p_view) []byte {
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(view.data)), view.size)...)
}

func textFrom(view C.libp2p_view) string { return string(bytesFrom(view)) }

// Copies a text and a zero, as far as there is room.
func copyText(target *C.char, size C.size_t, text []byte) {
	if size == 0 {
		return
	}
	room := unsafe.Slice((*byte)(unsafe.Pointer(target)), size)
	room[copy(room[:size-1], text)] = 0
}

//export libp2p_host_start
func libp2p_host_start(text C.libp2p_view, callback C.libp2p_callback, context unsafe.Pointer, why *C.char,
	whySize C.size_t) (number C.libp2p_host) {
	defer survive()
	copyText(why, whySize, []byte("the host did not start"))
	c, err := readConfiguration(bytesFrom(text))
	if err != nil {
		copyText(why, whySize, []byte(err.Error()))
		return 0
	}
	h, err := startHost(c, func(e event) { tellC(callback, context, e) })
	if err != nil {
		copyText(why, whySize, []byte(err.Error()))
		return 0
	}
	copyText(why, whySize, nil)
	id := lastHost.Add(1)
	hosts.Store(id, h)
	return C.libp2p_host(id)
}

//export libp2p_host_stop
func libp2p_host_stop(number C.libp2p_host) {
	defer survive()
	if h, is := hosts.LoadAndDelete(uint64(number)); is {
		h.(*host).stop()
	}
}

//export libp2p_host_dial
func libp2p_host_dial(number C.libp2p_host, id C.uint64_t, multiaddr C.libp2p_view) {
	defer survive()
	if h := hostOf(number); h != nil {
		h.dial(uint64(id), textFrom(multiaddr))
	}
}

//export libp2p_host_disconnect
func libp2p_host_disconnect(number C.libp2p_host, who C.libp2p_view) {
	defer survive()
	if h := hostOf(number); h != nil {
		if id, err := peer.Decode(textFrom(who)); err == nil {
			h.disconnect(id)
		}
	}
}

//export libp2p_host_serve
func libp2p_host_serve(number C.libp2p_host, id C.libp2p_view) {
	defer survive()
	if h := hostOf(number); h != nil {
		h.serve(textFrom(id))
	}
}

//export libp2p_host_open
func libp2p_host_open(number C.libp2p_host, id C.uint64_t, who C.libp2p_view, protocols *C.const_libp2p_view,
	protocolsSize C.size_t) {
	defer survive()
	if h := hostOf(number); h != nil {
		var wanted []protocol.ID
		for _, view := range unsafe.Slice((*C.libp2p_view)(unsafe.Pointer(protocols)), protocolsSize) {
			wanted = append(wanted, protocol.ID(textFrom(view)))
		}
		h.open(uint64(id), textFrom(who), wanted)
	}
}

//export libp2p_host_write
func libp2p_host_write(number C.libp2p_host, id C.uint64_t, bytes C.libp2p_view) {
	defer survive()
	if s := streamOf(number, id); s != nil {
		s.give(bytesFrom(bytes))
	}
}

//export libp2p_host_close_write
func libp2p_host_close_write(number C.libp2p_host, id C.uint64_t) {
	defer survive()
	if s := streamOf(number, id); s != nil {
		s.closeWrite()
	}
}

//export libp2p_host_reset
func libp2p_host_reset(number C.libp2p_host, id C.uint64_t) {
	defer survive()
	if s := streamOf(number, id); s != nil {
		s.breakOff()
	}
}

//export libp2p_host_consumed
func libp2p_host_consumed(number C.libp2p_host, id C.uint64_t, bytes C.uint64_t) {
	defer survive()
	if s := streamOf(number, id); s != nil {
		s.consumed(uint64(bytes))
	}
}

//export libp2p_host_join
func libp2p_host_join(number C.libp2p_host, topic C.libp2p_view) {
	defer survive()
	if h := hostOf(number); h != nil && h.relay != nil {
		h.relay.join(textFrom(topic))
	}
}

//export libp2p_host_leave
func libp2p_host_leave(number C.libp2p_host, topic C.libp2p_view) {
	defer survive()
	if h := hostOf(number); h != nil && h.relay != nil {
		h.relay.leave(textFrom(topic))
	}
}

//export libp2p_host_publish
func libp2p_host_publish(number C.libp2p_host, id C.uint64_t, topic C.libp2p_view, bytes C.libp2p_view) {
	defer survive()
	if h := hostOf(number); h != nil {
		h.publish(uint64(id), textFrom(topic), bytesFrom(bytes))
	}
}

//export libp2p_host_counts
func libp2p_host_counts(number C.libp2p_host, target *C.char, size C.size_t) (length C.size_t) {
	defer survive()
	copyText(target, size, nil)
	h := hostOf(number)
	if h == nil {
		return 0
	}
	text := h.counts()
	copyText(target, size, text)
	return C.size_t(len(text))
}
