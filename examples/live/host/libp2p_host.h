/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef WAKU_LIVE_LIBP2P_HOST_H
#define WAKU_LIVE_LIBP2P_HOST_H

#include <stddef.h>
#include <stdint.h>

/* A libp2p host (TCP, Noise, yamux, identify, ping, gossipsub) behind a narrow interface of C. It moves bytes and
 * names peers; what the bytes mean is decided elsewhere.
 *
 * No function blocks on the network, and each may be called by any thread. What comes of a call is told later, as an
 * event, by the callback, which is called by threads of the host, one call at a time and in order: it must neither
 * block nor call back into the host, and what an event points to is for the call only. After libp2p_host_stop()
 * returns, the callback is not called again. Nothing that a peer sends is trusted: sizes, counts and times are
 * bounded by the configuration. Calls with a host, a stream or a peer that there is not, or not any more, do
 * nothing.
 *
 * Streams are named by numbers: even ones are the caller's, for those that it opens; odd ones the host's, for those
 * that it accepts. A number is used once. */

#ifdef __cplusplus
extern "C" {
#endif

/* A text or bytes; not terminated by a zero. */
typedef struct {
  const char* data;
  size_t size;
} libp2p_view;

typedef enum {
  /* The host listens. text: its own peer id; list: its addresses with it. First event of all. */
  LIBP2P_STARTED = 1,
  /* A first connection to a peer is there. peer; text: its address; number: 1 where it dialled us. */
  LIBP2P_CONNECTED = 2,
  /* The last connection to a peer is gone. peer. */
  LIBP2P_DISCONNECTED = 3,
  /* Identify told what a peer is, for the first time or anew. peer; list: its protocols; text: its agent. */
  LIBP2P_IDENTIFIED = 4,
  /* A dial has ended well. id: of the dial; peer. */
  LIBP2P_DIALLED = 5,
  /* A dial has failed. id: of the dial; error; text: why. */
  LIBP2P_DIAL_FAILED = 6,
  /* A stream that was opened is there. id: the stream; peer; text: the protocol that the peer chose. */
  LIBP2P_STREAM_OPENED = 7,
  /* A stream could not be opened. id: the stream; peer; error; text: why. Nothing more comes of it. */
  LIBP2P_STREAM_FAILED = 8,
  /* A peer has opened a stream. id: the stream; peer; text: the protocol. */
  LIBP2P_STREAM_ACCEPTED = 9,
  /* Bytes came. id: the stream; data. They count against the stream's window until libp2p_host_consumed(). */
  LIBP2P_STREAM_DATA = 10,
  /* The peer closed its side after what it had sent. id: the stream. Writing goes on. */
  LIBP2P_STREAM_CLOSED = 11,
  /* The stream broke: by the peer's reset, a lost connection, or a time that ran out. id; error; text: why. Last. */
  LIBP2P_STREAM_RESET = 12,
  /* All that was written to a stream was handed to the connection. id: the stream; number: how many bytes so
   * far; what was written meanwhile is not among them. */
  LIBP2P_STREAM_DRAINED = 13,
  /* A message of a topic that was joined, once, by others. text: the topic; data; peer: who sent it here. */
  LIBP2P_MESSAGE = 14,
  /* A publication has ended. id: of the publication; number: to how many peers it was sent; error and text: why it
   * was not sent, else LIBP2P_OK. */
  LIBP2P_PUBLISHED = 15,
  /* The peers of a topic that was joined changed. text: the topic; number: how many subscribe it, and would
   * be sent something. */
  LIBP2P_TOPIC_PEERS = 16
} libp2p_event_kind;

typedef enum {
  LIBP2P_OK = 0,
  LIBP2P_BAD_ADDRESS = 1, /* not a multiaddr with a peer id, or of a transport other than TCP */
  LIBP2P_UNREACHABLE = 2, /* nobody answers there, or another peer */
  LIBP2P_TIMED_OUT = 3,
  LIBP2P_NOT_CONNECTED = 4,
  LIBP2P_UNSUPPORTED_PROTOCOL = 5, /* the peer speaks none of the protocols */
  LIBP2P_TOO_MANY = 6,             /* a bound of the configuration is reached */
  LIBP2P_CONNECTION_LOST = 7,
  LIBP2P_NOT_JOINED = 8,
  LIBP2P_TOO_LARGE = 9,
  LIBP2P_REFUSED = 10, /* the message was known already, or did not pass validation */
  LIBP2P_FAILED = 11
} libp2p_error;

typedef struct {
  libp2p_event_kind kind;
  libp2p_error error;
  uint64_t id;
  uint64_t number;
  libp2p_view peer; /* a peer id, as text */
  libp2p_view text;
  libp2p_view data;
  const libp2p_view* list;
  size_t list_size;
} libp2p_event;

typedef void (*libp2p_callback)(void* context, const libp2p_event* event);

/* A host; 0 is none. */
typedef uint64_t libp2p_host;

/* Starts a host. `configuration` is a JSON object; what it lacks has the value named here: "listen":
 * ["/ip4/127.0.0.1/tcp/0"] ([]: it only dials), "announce": [] (none: peers are told where it listens; else to
 * dial these), "key_file": "" (a new identity each time; else read from there, or made there with mode 600),
 * "agent": "waku-reliability", "relay": false (no gossipsub, and its protocols are not offered),
 * "message_bytes_max": 153600, "stream_window_bytes": 1048576 (bytes told and not consumed, and bytes written
 * and not drained, each), "streams_max": 4096, "streams_per_peer_max": 256, "connections_max": 512,
 * "connections_per_ip_max": 0 (no bound), "dial_seconds": 10, "open_seconds": 10, "idle_seconds": 300 (a
 * stream on which nothing moves), "ping_seconds": 15 (0: never; a peer that does not answer three in a row is
 * disconnected), "gossip_seen_seconds": 120, "heartbeat_milliseconds": 1000, "mesh": [6, 4, 8] (wanted,
 * fewest, most), "flood_publish": true. Gives the host, or 0 and, in `why`, a sentence that ends with a zero,
 * cut to `why_size` bytes. */
libp2p_host libp2p_host_start(libp2p_view configuration, libp2p_callback callback, void* context, char* why,
                              size_t why_size);
/* Closes everything and waits until that is done, a second at most, and until the callback is not running. */
void libp2p_host_stop(libp2p_host host);

/* Connects to a peer by its multiaddr with /p2p/. Ends with DIALLED or DIAL_FAILED. */
void libp2p_host_dial(libp2p_host host, uint64_t id, libp2p_view multiaddr);
/* Closes all connections to a peer. */
void libp2p_host_disconnect(libp2p_host host, libp2p_view peer);

/* Offers a protocol to all peers, also by identify, until the end. Those offered before a dial are offered to it. */
void libp2p_host_serve(libp2p_host host, libp2p_view protocol);
/* Opens a stream to a connected peer, by the first of the protocols, in the caller's order, that the peer speaks.
 * Ends with STREAM_OPENED or STREAM_FAILED; what is written meanwhile follows the opening. */
void libp2p_host_open(libp2p_host host, uint64_t stream, libp2p_view peer, const libp2p_view* protocols,
                      size_t protocols_size);
/* Sends bytes, which are copied. Beyond the stream's window it is reset, as LIBP2P_TOO_MANY. */
void libp2p_host_write(libp2p_host host, uint64_t stream, libp2p_view bytes);
/* Closes our side after what was written. */
void libp2p_host_close_write(libp2p_host host, uint64_t stream);
/* Breaks the stream off. Nothing more is told of it. */
void libp2p_host_reset(libp2p_host host, uint64_t stream);
/* So many bytes that were told have been used: as many more may come. */
void libp2p_host_consumed(libp2p_host host, uint64_t stream, uint64_t bytes);

/* Becomes a member of a topic, and leaves it. Only where "relay" is true. */
void libp2p_host_join(libp2p_host host, libp2p_view topic);
void libp2p_host_leave(libp2p_host host, libp2p_view topic);
/* Publishes bytes on a topic that was joined. Ends with PUBLISHED. */
void libp2p_host_publish(libp2p_host host, uint64_t id, libp2p_view topic, libp2p_view bytes);

/* Counts for tests and status lines, as a JSON object, cut to `size` bytes with a zero at the end: streams,
 * connections, goroutines, bytes in and out, memory. Gives the length that it would have. */
size_t libp2p_host_counts(libp2p_host host, char* target, size_t size);

#ifdef __cplusplus
}
#endif

#endif
