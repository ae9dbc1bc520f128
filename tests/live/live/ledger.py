# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Judges a talk while it goes on, for as long as it may: a few bytes are kept of each line, and of the last minutes'
lines the rest."""

import collections
import threading

from .judgement import missing, shown_too_often, wrong_verdicts

# What is said of a line is judged once stores were read several times since.
SETTLED_SECONDS = 120.0
# A verdict comes a minute after the line was taken at the latest, and a node that was down is back within a minute.
LATEST_SECONDS = 240.0
KEPT_SECONDS = 600.0  # Hashes, of what is judged by them.
SENTENCES_MAX = 100
_FILLING = " ".join(["soak"] * 18)


def text_of(number):
    return f"{number:07d} {_FILLING}"


def number_of(text):
    """None where it is no line of ours."""
    number = int(text[:7]) if text[:7].isdigit() else -1
    return number if number >= 0 and text_of(number) == text else None


class Ledger:
    """Lines are numbers from 0 on. Times are seconds of any clock that runs on. Any thread may call."""

    def __init__(self, *receivers):
        self.verdicts = collections.Counter()
        self.ways = collections.Counter()  # By which lines came to receivers.
        self.sent_again = 0
        self.wrong = []  # The first sentences.
        self.wrong_count = 0
        self.duplicates = 0
        self._lock = threading.Lock()
        self._published = {}  # Text and time by the sender's number, until it is judged.
        self._said = collections.defaultdict(list)  # Verdicts with their times, likewise.
        self._stored = {}  # Text and time by hash.
        self._received = {}  # Time by hash.
        self._arrived = bytearray()  # 1 for each line that was confirmed, or seen in a store.
        self._shown = {name: bytearray() for name in receivers}  # How often.
        self.published = 0

    def hear(self, name, event, now):
        """An event of the sender's, or of a receiver's."""
        with self._lock:
            kind = event["event"]
            if kind == "published":
                self.published += 1
                self._published[event["id"]] = (event["text"], now)
            elif kind == "verdict":
                self._take_verdict(event, now)
            elif kind == "received":
                self._take_received(name, event, now)

    def _take_verdict(self, event, now):
        self.verdicts[event["verdict"]] += 1
        self.sent_again += event.get("transmissions", 1) > 1
        self._said[event["id"]].append((event, now))
        if event["verdict"] == "confirmed" and event["id"] in self._published:
            self._arrive(self._published[event["id"]][0])

    def _take_received(self, name, event, now):
        self.ways[event["by"]] += 1
        self._received[event["hash"]] = now
        number = number_of(event["text"])
        if number is None:
            return self._condemn(f"{name} was shown what nobody sent: {event['text'][:60]}")
        shown = self._shown[name]
        _reach(shown, number)
        if shown[number] < 255:
            shown[number] += 1
        self.duplicates += shown[number] > 1

    def begin_anew(self, name):
        """A receiver that knows nothing of before."""
        with self._lock:
            self._shown[name] = bytearray()

    def find_stored(self, found, now):
        """What a store holds: texts by hashes."""
        with self._lock:
            for known, text in found.items():
                self._stored[known] = (text, now)
                self._arrive(text)

    def _arrive(self, text):
        number = number_of(text)
        if number is None:
            return self._condemn(f"a store holds what nobody sent: {text[:60]}")
        _reach(self._arrived, number)
        self._arrived[number] = 1

    def _condemn(self, sentence):
        self.wrong_count += 1
        if len(self.wrong) < SENTENCES_MAX:
            self.wrong.append(sentence)

    def judge(self, now, all_of_it=False):
        """Judges what has settled, or everything at the end, and forgets it."""
        with self._lock:
            due = {number for number in self._published.keys() | self._said.keys()
                   if all_of_it or self._settled(number, now)}
            published = {number: self._published.pop(number)[0] for number in due if number in self._published}
            verdicts = [event for number in due for event, _ in self._said.pop(number, [])]
            stored = {known: text for known, (text, _) in self._stored.items()}
            for sentence in wrong_verdicts(published, verdicts, stored, self._received):
                self._condemn(sentence)
            old = now - KEPT_SECONDS
            self._stored = {known: value for known, value in self._stored.items() if value[1] > old}
            self._received = {known: at for known, at in self._received.items() if at > old}

    def _settled(self, number, now):
        said = self._said.get(number)
        if not said:
            return now - self._published[number][1] >= LATEST_SECONDS
        event, at = said[0]
        seen = event["verdict"] != "confirmed" or event.get("hash") in self._stored
        return now - at >= (SETTLED_SECONDS if seen else LATEST_SECONDS)

    def lost(self, name):
        """The lines that arrived and were not shown to a receiver."""
        with self._lock:
            return missing([number for number, arrived in enumerate(self._arrived) if arrived], self._numbers(name))

    def twice(self, name):
        """The lines that were shown to a receiver more often than they were sent."""
        with self._lock:
            return shown_too_often(range(self.published), self._numbers(name))

    def received(self, name):
        with self._lock:
            return sum(map(bool, self._shown[name]))

    def _numbers(self, name):
        return [number for number, times in enumerate(self._shown[name]) for _ in range(times)]

    @property
    def remembered(self):
        """How many lines, verdicts and hashes are kept beside the bytes."""
        with self._lock:
            return len(self._published) + len(self._said) + len(self._stored) + len(self._received)


def _reach(counts, number):
    if number >= len(counts):
        counts.extend(bytes(number + 1 - len(counts)))
