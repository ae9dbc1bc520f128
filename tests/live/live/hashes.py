# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The hashes of messages that crossed, as whoever received them computed them by code of its own: each is to be what
the test makes of the message, and what its sender told."""

import collections
import json
import threading

from .message import message_hash

KINDS = {"js": "js-waku", "go_waku": "go-waku", "probe": "our transport"}


class Ledger:
    """Is told by several threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._sent = set()
        self._received = []
        self.compared = collections.Counter()  # by kind of driver

    def sent(self, hash_text):
        """By the word of whoever sent it."""
        with self._lock:
            self._sent.add(hash_text)

    def received(self, kind, name, pubsub_topic, message, hash_text):
        own = message_hash(pubsub_topic, message)
        with self._lock:
            self.compared[kind] += 1
            self._received.append((name, hash_text, own))

    def differing(self):
        """A sentence for each that came since the last call and is another. To be called once the senders have ended:
        some tell a hash after all others."""
        with self._lock:
            received, self._received = self._received, []
            sent = set(self._sent)
        return [f"{name} has a message as {hash_text}, and it is {own}" if hash_text != own else
                f"{name} has {hash_text}, and nobody told that it was sent"
                for name, hash_text, own in received if hash_text != own or hash_text not in sent]


ledger = Ledger()


def by_words(compared):
    return {words: compared[kind] for kind, words in KINDS.items() if compared[kind]}


def told(compared):
    """What was compared, in a line."""
    parts = ", ".join(f"{count} by {words}" for words, count in by_words(compared).items())
    return f"{sum(compared.values())} messages were compared with the hash of their sender" + (
        f": {parts}" if parts else "")


def write(file):
    file.write_text(json.dumps(ledger.compared), encoding="utf-8")


def sum_of(files):
    return sum((collections.Counter(json.loads(file.read_text(encoding="utf-8"))) for file in files),
               collections.Counter())
