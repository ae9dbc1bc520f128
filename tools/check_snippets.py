#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Checks that the code on the pages of docs/ stands in the compiled files that it is taken from.

A page takes part when it has a comment <!-- from path/of/a/file -->. Then each of its C++ blocks must stand
right under such a comment, and its lines in that file, in the same order and one after the other; a line of
three dots leaves out what lies between. Blanks at the beginning of lines do not matter.
"""

import re
import sys

from reporting import report

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SOURCE = re.compile(r"<!-- from (\S+) -->\n\Z")


def place_of(wanted, lines, start):
    """Where the lines `wanted` begin among `lines`, from `start` on; nothing if they are not there."""
    for place in range(start, len(lines) - len(wanted) + 1):
        if lines[place:place + len(wanted)] == wanted:
            return place
    return None


def missing_line(code, text):
    """The first line of a stretch of code that a file does not hold; nothing when it holds all."""
    lines = [line.strip() for line in text.split("\n")]
    start = 0
    for stretch in re.split(r"^\s*\.\.\.\s*$", code, flags=re.MULTILINE):
        wanted = [line.strip() for line in stretch.strip("\n").split("\n")]
        place = place_of(wanted, lines, start)
        if place is None:
            return next((line for line in wanted if line not in lines[start:]), wanted[0])
        start = place + len(wanted)
    return None


def findings(root):
    for page in sorted((root / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if "<!-- from " not in text:
            continue
        name = page.relative_to(root)
        for block in BLOCK.finditer(text):
            if block.group(1) != "cpp":
                continue
            number = text.count("\n", 0, block.start()) + 1
            source = SOURCE.search(text[:block.start()])
            if not source:
                yield f"{name}:{number}: no file is named that this code is taken from"
                continue
            path = root / source.group(1)
            if not path.is_file():
                yield f"{name}:{number}: there is no {source.group(1)}"
                continue
            line = missing_line(block.group(2), path.read_text(encoding="utf-8"))
            if line is not None:
                yield f"{name}:{number}: not in {source.group(1)}: {line}"


if __name__ == "__main__":
    sys.exit(report(__doc__, findings, "snippets: all stand in their files"))
