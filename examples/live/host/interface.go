// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

/*
#include <stdlib.h>
#include "libp2p_host.h"

// An event's views point to memory of Go, which may not hold pointers to more of it while C sees it; so they are put
// together here. The entries of the list come in one piece, with the size of each.
static void tell(libp2p_callback callback, void* context, libp2p_event_kind kind, libp2p_error error, uint64_t id,
                 uint64_t number, const char* peer, size_t peer_size, const char* text, size_t text_size,
                 const char* data, size_t data_size, const char* entries, const size_t* sizes, size_t list_size) {
  libp2p_view* list = list_size == 0 ? NULL : malloc(list_size * sizeof(libp2p_view));
  if (list_size != 0 && list == NULL) {
    abort();
  }
  for (size_t index = 0; index < list_size; index++) {
    list[index].data = entries;
    list[index].size = sizes[index];
    entries += sizes[index];
  }
  const libp2p_event event = {kind,
                              error,
                              id,
                              number,
                              {peer, peer_size},
                              {text, text_size},
                              {data, data_size},
                              list,
                              list_size};
  callback(context, &event);
  free(list);
}
*/
import "C"

import (
	"strings"
	"unsafe"
)

type eventKind C.libp2p_event_kind

const (
	eventNone           eventKind = 0
	eventStarted        eventKind = C.LIBP2P_STARTED
	eventConnected      eventKind = C.LIBP2P_CONNECTED
	eventDisconnected   eventKind = C.LIBP2P_DISCONNECTED
	eventIdentified     eventKind = C.LIBP2P_IDENTIFIED
	eventDialled        eventKind = C.LIBP2P_DIALLED
	eventDialFailed     eventKind = C.LIBP2P_DIAL_FAILED
	eventStreamOpened   eventKind = C.LIBP2P_STREAM_OPENED
	eventStreamFailed   eventKind = C.LIBP2P_STREAM_FAILED
	eventStreamAccepted eventKind = C.LIBP2P_STREAM_ACCEPTED
	eventStreamData     eventKind = C.LIBP2P_STREAM_DATA
	eventStreamClosed   eventKind = C.LIBP2P_STREAM_CLOSED
	eventStreamReset    eventKind = C.LIBP2P_STREAM_RESET
	eventStreamDrained  eventKind = C.LIBP2P_STREAM_DRAINED
	eventMessage        eventKind = C.LIBP2P_MESSAGE
	eventPublished      eventKind = C.LIBP2P_PUBLISHED
	eventTopicPeers     eventKind = C.LIBP2P_TOPIC_PEERS
)

type errorKind C.libp2p_error

const (
	errorNone                errorKind = C.LIBP2P_OK
	errorBadAddress          errorKind = C.LIBP2P_BAD_ADDRESS
	errorUnreachable         errorKind = C.LIBP2P_UNREACHABLE
	errorTimedOut            errorKind = C.LIBP2P_TIMED_OUT
	errorNotConnected        errorKind = C.LIBP2P_NOT_CONNECTED
	errorUnsupportedProtocol errorKind = C.LIBP2P_UNSUPPORTED_PROTOCOL
	errorTooMany             errorKind = C.LIBP2P_TOO_MANY
	errorConnectionLost      errorKind = C.LIBP2P_CONNECTION_LOST
	errorNotJoined           errorKind = C.LIBP2P_NOT_JOINED
	errorTooLarge            errorKind = C.LIBP2P_TOO_LARGE
	errorRefused             errorKind = C.LIBP2P_REFUSED
	errorFailed              errorKind = C.LIBP2P_FAILED
)

func bytesOf(text string) *C.char { return (*C.char)(unsafe.Pointer(unsafe.StringData(text))) }

// Calls a function of C with an event.
func tellC(callback C.libp2p_callback, context unsafe.Pointer, e event) {
	var sizes []C.size_t
	for _, entry := range e.list {
		sizes = append(sizes, C.size_t(len(entry)))
	}
	entries := strings.Join(e.list, "")
	C.tell(callback, context, C.libp2p_event_kind(e.kind), C.libp2p_error(e.err), C.uint64_t(e.id),
		C.uint64_t(e.number), bytesOf(e.peer), C.size_t(len(e.peer)), bytesOf(e.text), C.size_t(len(e.text)),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(e.data))), C.size_t(len(e.data)), bytesOf(entries),
		unsafe.SliceData(sizes), C.size_t(len(e.list)))
}
