#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Makes the inputs that fuzzing begins with, from the golden vectors: seeds.py <folder>, one folder within it for
each target. The services have no vectors; theirs are bytes of a random stream that is always the same."""

import hashlib
import json
import pathlib
import random
import sys

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
# The targets that read a message, and the first byte that chooses the side.
READERS = {
    "WakuMessage": [("message", 0)],
    "RPC": [("relay", 0)],
    "StoreQueryRequest": [("store", 0)],
    "StoreQueryResponse": [("store", 1)],
    "HistoryRPC": [("legacy_store", 0), ("legacy_store", 1)],
    "FilterSubscribeRequest": [("filter", 0)],
    "FilterSubscribeResponse": [("filter", 1)],
    "MessagePush": [("filter_push", 0)],
    "LightPushRequest": [("lightpush", 0)],
    "LightPushResponse": [("lightpush", 1)],
    "PushRpc": [("legacy_lightpush", 0), ("legacy_lightpush", 1)],
    "WakuMetadataRequest": [("metadata", 0)],
    "WakuMetadataResponse": [("metadata", 0)],
    "PeerExchangeRPC": [("peer_exchange", 0), ("peer_exchange", 1)],
}
# The requests that a node reads, by the numbers that tests/fuzz/serve.cpp gives the protocols.
SERVED = {"StoreQueryRequest": 0, "HistoryRPC": 1, "FilterSubscribeRequest": 2, "LightPushRequest": 3,
          "WakuMetadataRequest": 4, "PushRpc": 5, "PeerExchangeRPC": 6}
# A byte more than the limits of meta and of a request's id.
OVER_LIMITS = [("message", b"\0\x12\x01t\x5a\x41" + bytes(65)), ("store", b"\0\x0a\x81\x02" + b"i" * 257),
               ("filter", b"\0\x0a\x81\x02" + b"i" * 257), ("lightpush", b"\0\x0a\x81\x02" + b"i" * 257)]
MANY_TIMES = 0xf8  # with this first byte a body is repeated up to the limits
RANDOM_SEEDS = 20


def seeds():
    """(target, bytes) of every seed."""
    wire = json.loads((VECTORS / "wire.json").read_text(encoding="utf-8"))
    stream, session = bytearray(), bytearray()
    for place, vector in enumerate(wire["vectors"] + wire["malformed"]):
        body = bytes.fromhex(vector["hex"])
        name = vector["message"]
        if vector.get("layer") == "frame":
            yield "frame", bytes([16, 3, 1, 7, 2]) + body
            continue
        for target, side in READERS.get(name, []):
            yield target, bytes([side]) + body
            if place % 4 == 0:  # these take long
                yield target, bytes([MANY_TIMES | side]) + body
        framed = bytes.fromhex(vector.get("length_prefix_hex", "")) + body
        yield "frame", bytes([16, 3, 1, 7, 2]) + framed
        if "length_prefix_hex" in vector and len(stream) < 2000:
            stream += framed
        if name in SERVED and len(body) < 2048:
            request = bytes([SERVED[name], 0, len(body) & 255, len(body) >> 8]) + body
            if len(session) < 2000:
                session += request
            for profile in range(5):
                yield "serve", bytes([profile]) + request
    yield "frame", bytes([16, 4, 0, 3, 40, 200]) + bytes(stream)
    for profile in range(5):
        yield "serve", bytes([profile]) + bytes(session)

    yield from OVER_LIMITS

    sharding = json.loads((VECTORS / "autosharding.json").read_text(encoding="utf-8"))
    for vector in sharding["vectors"] + sharding["invalid_content_topics"]:
        yield "names", bytes([7, 0]) + vector["content_topic"].encode()
    for vector in sharding["pubsub_topic_parsing"]:
        yield "names", bytes([255, 255]) + vector["pubsub_topic"].encode()

    chance = random.Random(1)
    for target in ("filter_service", "store_service", "lightpush_service"):
        for _ in range(RANDOM_SEEDS):
            yield target, chance.randbytes(chance.randrange(20, 400))


def write(folder):
    """Writes every seed into its target's folder, and tells how many there are."""
    written = set()
    for target, content in seeds():
        place = folder / target
        place.mkdir(parents=True, exist_ok=True)
        path = place / hashlib.sha1(content).hexdigest()
        path.write_bytes(content)
        written.add(path)
    return len(written)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} <folder>")
    print(f"{write(pathlib.Path(sys.argv[1]))} seeds")
