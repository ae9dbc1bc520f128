# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Whether what was sent has arrived, and what was said of it is true."""

import collections

VERDICTS = ("confirmed", "unconfirmed", "failed", "cancelled")


def missing(lines, shown):
    """Texts that were sent and not shown, each as often as that."""
    return list((collections.Counter(lines) - collections.Counter(shown)).elements())


def shown_too_often(lines, shown):
    """Texts that were shown more often than they were sent, each as often as that."""
    return list((collections.Counter(shown) - collections.Counter(lines)).elements())


def wrong_verdicts(published, verdicts, stored, received):
    """A sentence for each line that has no verdict, several, or one that is not true.

    `published` has texts by the sender's number, `verdicts` are its events, `stored` has the texts that the stores hold
    by hash, `received` are the hashes that were shown. A verdict "unconfirmed" says that nothing is known, which is
    true of whatever became of the line."""
    found = []
    by_line = collections.defaultdict(list)
    for verdict in verdicts:
        by_line[verdict["id"]].append(verdict)
    for number in published.keys() | by_line.keys():
        said = by_line[number]
        if number not in published or len(said) != 1:
            found.append(f"line {number} has {len(said)} verdicts")
            continue
        verdict, known = said[0]["verdict"], said[0].get("hash")
        if verdict == "confirmed" and stored.get(known) != published[number]:
            found.append(f"line {number} is confirmed, and no store holds it")
        if verdict == "failed" and (known in stored or known in received):
            found.append(f"line {number} failed, and it has arrived")
    return found
