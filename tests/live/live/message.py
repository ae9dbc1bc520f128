# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Messages as the drivers take and tell them, and what the network's rules make of them, by code of our own."""

import base64
import hashlib
import itertools
import time

CLUSTER = 16  # What the drivers take where nothing is said.

_counter = itertools.count(1)
_last_time = 0


def shard_topic(shard, cluster=CLUSTER):
    return f"/waku/2/rs/{cluster}/{shard}"


def auto_shard(content_topic, shards_in_cluster):
    """By /application/version/name/encoding: the last eight bytes of the first two's SHA-256, modulo the shards."""
    application, version = content_topic.split("/")[-4:-2]
    digest = hashlib.sha256((application + version).encode()).digest()
    return int.from_bytes(digest[-8:], "big") % shards_in_cluster


def now_nanoseconds():
    """As text, in whole milliseconds, which are js-waku's smallest times; each time another."""
    global _last_time
    _last_time = max(_last_time + 1, int(time.time() * 1000))
    return str(_last_time * 1_000_000)


def make_message(content_topic, payload=None, **fields):
    """With a payload of its own where none is given."""
    if payload is None:
        payload = f"message {next(_counter)}".encode()
    return {"payload": base64.b64encode(payload).decode(), "content_topic": content_topic,
            "timestamp": now_nanoseconds(), **fields}


def message_hash(pubsub_topic, message):
    """14/WAKU2-MESSAGE: the SHA-256 over topic, payload, content topic, meta and the timestamp's eight bytes, zeros
    where there is none."""
    parts = (pubsub_topic.encode(), base64.b64decode(message["payload"]), message["content_topic"].encode(),
             base64.b64decode(message.get("meta") or ""),
             int(message.get("timestamp") or 0).to_bytes(8, "big", signed=True))
    return "0x" + hashlib.sha256(b"".join(parts)).hexdigest()


def same_message(left, right):
    """Whether two tellings of a message say the same: what is empty may be left out."""
    def said(message):
        return {key: value for key, value in message.items() if value not in (None, "", False)}
    return said(left) == said(right)
