# SPDX-License-Identifier: Apache-2.0 OR MIT
"""A driver of tests/live/README.md: commands with an answer each, beside the events that come unasked."""

import concurrent.futures
import itertools
import json

from .process import PATIENCE_SECONDS, Ended, Process, TimedOut


class Refused(Exception):
    """A command ended with "ok": false; `why` is the driver's word."""

    def __init__(self, name, command, why):
        super().__init__(f"{name}: {command}: {why}")
        self.why = why


class Unsupported(Refused):
    """The driver's library cannot do it."""


class Driver(Process):
    """`peer` and `addresses` are those of the last start."""

    def __init__(self, name, command, folder, settings=None, environment=None):
        super().__init__(name, [*command, json.dumps(settings or {})], folder, environment)
        self.settings = settings or {}
        self.peer = None
        self.addresses = []
        self._ids = itertools.count(1)
        self._pending = {}

    def start(self):
        since = self.mark()
        super().start()
        started = self.wait_for(lambda event: event.get("event") == "started", since=since)
        self.peer = started["peer"]
        self.addresses = started["addresses"]

    @property
    def address(self):
        return self.addresses[0]

    def _take(self, event):
        if event.get("event") != "done":
            super()._take(event)
            return
        command, answer = self._pending.pop(event.get("id"), (None, None))
        if answer is None:
            self.events.append(event)  # To be seen in the log; nobody waits for it.
        elif event["ok"]:
            answer.set_result(event)
        else:
            kind = Unsupported if event["why"] == "unsupported" else Refused
            answer.set_exception(kind(self.name, command, event["why"]))

    def _take_end(self):
        for command, answer in self._pending.values():
            answer.set_exception(Ended(f"{self.name}: it ended during {command}; see {self.log}"))
        self._pending.clear()

    def begin(self, command, **fields):
        """A future of the answer. Of several that are under way, any may end first."""
        answer = concurrent.futures.Future()
        with self._changed:
            if not self._reading:
                answer.set_exception(Ended(self._told(f"it has ended, and was to {command}")))
                return answer
            number = next(self._ids)
            self._pending[number] = (command, answer)
        self.write(json.dumps({"do": command, "id": number, **fields}))
        return answer

    def ask(self, command, limit=PATIENCE_SECONDS, **fields):
        """The answer; Refused or Unsupported where it is no."""
        try:
            return self.begin(command, **fields).result(limit)
        except concurrent.futures.TimeoutError:
            raise TimedOut(self._told(f"no answer to {command} in {limit:g} s")) from None

    def messages(self, via, pubsub_topic=None, since=0):
        """What has come so far."""
        with self._changed:
            return [event for event in self.events[since:] if event.get("event") == "message" and event["via"] == via
                    and pubsub_topic in (None, event["pubsub_topic"])]

    def message(self, via, hash_text, limit=PATIENCE_SECONDS, since=0):
        """The event of the message with that hash, once it is there."""
        return self.wait_for(lambda event: event.get("event") == "message" and event["via"] == via
                             and event["hash"] == hash_text, limit, since)
