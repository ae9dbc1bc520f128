# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What a store holds, as a driver reads it."""

import base64

from .driver import Refused
from .message import message_hash


def held(reader, node, pubsub_topic, content_topic, start=None):
    """The payloads by hashes, which are computed here, of all, or of those from a time in nanoseconds on. `node` has
    `address`, `peer` and `name`."""
    reader.ask("dial", address=node.address)
    found, cursor = {}, {}
    since = {} if start is None else {"start": str(start)}
    while True:
        page = reader.ask("store", version=3, peer=node.peer, pubsub_topic=pubsub_topic, content_topics=[content_topic],
                          page_size=100, **since, **cursor)
        if page["status"] != 200:
            raise Refused(node.name, "store", page["text"])
        for entry in page["entries"]:
            found[message_hash(pubsub_topic, entry["message"])] = base64.b64decode(entry["message"]["payload"])
        if not page["entries"] or not page.get("cursor"):
            return found
        cursor = {"cursor": page["cursor"]}
