#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Checks what a script can see of the project's walls and prints every place that breaks one.

Widths, sizes, first lines, includes that only point down the layers, no clock or chance below the adapters,
no third-party header below the wire, costly standard headers kept out of the umbrella, parts of the engine
that include only parts above them in docs/design.md, folders of the lab likewise by docs/lab.md, unfinished
words, tests that cannot fail, and a twin test for every header that the umbrella can reach.
"""

import pathlib
import re
import subprocess
import sys

from reporting import report

WIDTH_MAX = 120
HEADER_LINES_MAX = 400
LICENCE = "SPDX-License-Identifier: Apache-2.0 OR MIT"
LAYERS = ["core", "cache", "capability", "policy", "engine", "service", "wire", "adapter", "testing"]
UMBRELLA_LAYERS = LAYERS[: LAYERS.index("engine") + 1]
BELOW_ADAPTER = LAYERS[: LAYERS.index("adapter")]
LIBRARY = "include/waku/reliability/"
UMBRELLA = "include/waku/reliability.hpp"
ENGINE = LIBRARY + "engine/"
DESIGN = "docs/design.md"
LAB = "benchmarks/midscale/"
LAB_PAGE = "docs/lab.md"

SOURCE_ENDINGS = {".hpp", ".cpp", ".ipp", ".h", ".py", ".sh", ".cmake", ".txt", ".md"}
CODE_ENDINGS = {".hpp", ".cpp", ".ipp", ".h"}

COSTLY_HEADERS = set("random memory ranges functional mutex atomic iostream sstream fstream thread future "
                     "regex map unordered_map set unordered_set format filesystem".split())
UNFINISHED = re.compile("|".join([r"\bTO" + "DO", r"\bFIX" + "ME", r"\bXX" + r"X\b", r"\bHA" + r"CK\b",
                                  "not " + "implemented", "place" + "holder"]))
VAGUE_NAME = re.compile(r"(^|_)(util|utils|utility|helper|helpers|manager|misc)(_|$)")
CLOCK_OR_CHANCE = re.compile(
    r"\b((system|steady|high_resolution|utc)_clock::now|sleep_for|sleep_until|random_device|std::rand|srand"
    r"|clock_gettime|gettimeofday|mt19937(_64)?)\b")
LAX_TEST = re.compile(r"doctest::(skip|may_fail|should_fail|expected_failures)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
# Parts are views on the engine's state, or functions on it.
PART = re.compile(r"\bState& state\b")
THREAD_TYPES = re.compile(r"\bstd::(this_thread|jthread|thread|mutex|condition_variable)\b")


def without_comments(text):
    """C++ text with comments blanked, so that a word in prose is no finding."""
    def blank(found):
        piece = found.group(0)
        return re.sub(r"[^\n]", " ", piece) if piece.startswith("/") else piece
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.DOTALL)


def tree_files(root):
    """Every file of the tree that version control knows or would take in."""
    run = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"],
                         capture_output=True, text=True)
    if run.returncode == 0:
        return sorted({name for name in run.stdout.splitlines() if (root / name).is_file()})
    return sorted(str(path.relative_to(root)) for path in root.rglob("*")
                  if path.is_file() and not {".git", "build"} & set(path.relative_to(root).parts))


def layer_of(name):
    """The layer of a library header, or nothing."""
    if name.startswith(LIBRARY):
        first = name[len(LIBRARY):].split("/")[0]
        return first if first in LAYERS else None
    return None


def check_lines(name, text):
    lines = text.split("\n")
    ending = pathlib.Path(name).suffix
    # A long link cannot be broken in Markdown; tables there may be wide too.
    if ending != ".md":
        for number, line in enumerate(lines, 1):
            if len(line) > WIDTH_MAX:
                yield f"{name}:{number}: {len(line)} columns, {WIDTH_MAX} are allowed"
    for number, line in enumerate(lines, 1):
        if line != line.rstrip() and ending != ".txt":
            yield f"{name}:{number}: blanks at the end of the line"
        if "\t" in line and ending in CODE_ENDINGS | {".py", ".cmake"}:
            yield f"{name}:{number}: a tab"
    if text and not text.endswith("\n"):
        yield f"{name}: no newline at the end"
    if ending in CODE_ENDINGS | {".py", ".sh", ".cmake"} or pathlib.Path(name).name == "CMakeLists.txt":
        first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
        if LICENCE not in first:
            yield f"{name}: the first line is not the licence ({LICENCE})"


def check_words(name, text):
    if pathlib.Path(name).suffix in CODE_ENDINGS:
        for number, line in enumerate(text.split("\n"), 1):
            if UNFINISHED.search(line):
                yield f"{name}:{number}: an unfinished place"
    for part in pathlib.Path(name).with_suffix("").parts:
        if VAGUE_NAME.search(part):
            yield f"{name}: the name says nothing ({part})"
    if name.startswith("tests/") and name.endswith(".cpp") and LAX_TEST.search(without_comments(text)):
        yield f"{name}: a test that is skipped or may fail"


def check_header(name, text):
    if "#pragma once" not in text:
        yield f"{name}: no #pragma once"
    count = text.count("\n")
    if count > HEADER_LINES_MAX:
        yield f"{name}: {count} lines, {HEADER_LINES_MAX} are allowed in a public header"
    layer = layer_of(name)
    if name == UMBRELLA:
        allowed = UMBRELLA_LAYERS
        umbrella = True
    elif layer:
        allowed = LAYERS[: LAYERS.index(layer) + 1]
        umbrella = layer in UMBRELLA_LAYERS
        # The two places where testing sees the wire.
        if layer == "testing" and not name.endswith(("testing/over_bytes.hpp", "testing/tcp_link.hpp")) \
                and "testing/tcp_link/" not in name:
            allowed = [each for each in allowed if each != "wire"]
    else:
        yield f"{name}: a header outside the layers ({', '.join(LAYERS)})"
        return
    for style, included in INCLUDE.findall(text):
        ours = re.match(r"waku/reliability/(\w+)/", included)
        if style == '"':
            yield f'{name}: #include "{included}": write <waku/reliability/...>'
        elif included == "waku/reliability.hpp":
            if layer not in ("adapter", "testing"):
                yield f"{name}: includes the umbrella"
        elif ours:
            if ours.group(1) not in allowed:
                yield f"{name}: includes {included}, against the arrows"
        elif "/" in included or included.endswith((".h", ".hpp")):
            wire_bytes = layer == "wire" and included.startswith("google/")
            if layer not in ("adapter", "testing") and not wire_bytes:
                yield f"{name}: third-party include {included}"
        elif umbrella and included in COSTLY_HEADERS:
            yield f"{name}: <{included}> is too costly for the umbrella"
    code = without_comments(text)
    if layer in BELOW_ADAPTER or layer == "testing" or name == UMBRELLA:
        for found in CLOCK_OR_CHANCE.finditer(code):
            yield f"{name}: {found.group(0)}: no clock, sleep or global chance here"
    if layer in BELOW_ADAPTER or name == UMBRELLA:
        for found in THREAD_TYPES.finditer(code):
            yield f"{name}: {found.group(0)}: no threads here"


def check_twins(names):
    known = set(names)
    for name in names:
        if layer_of(name) in UMBRELLA_LAYERS and name.endswith(".hpp"):
            twin = "tests/" + name[len(LIBRARY):-len(".hpp")] + ".cpp"
            if twin not in known:
                yield f"{name}: no twin test {twin}"


def check_parts(root, names):
    """The list in docs/design.md holds every part of the engine, below all parts that it includes."""
    texts = {}
    for name in names:
        if name.startswith(ENGINE) and name.endswith(".hpp"):
            text = (root / name).read_text(encoding="utf-8")
            if PART.search(text):
                texts[name[len(ENGINE):-len(".hpp")]] = text
    design = (root / DESIGN).read_text(encoding="utf-8") if DESIGN in names else ""
    section = re.search(r"^## The parts of the engine$(.*?)(?=^## |\Z)", design, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| (`[^|]*)\|", section.group(1), re.MULTILINE) if section else []
    listed = [part for row in rows for part in re.findall(r"`(\w+)`", row)]
    for part in sorted(set(listed) - set(texts)):
        yield f"{DESIGN}: there is no part {part}"
    for part, text in texts.items():
        if part not in listed:
            yield f"{DESIGN}: the list of parts lacks {part}"
            continue
        above = listed[:listed.index(part)]
        for _, included in INCLUDE.findall(text):
            other = included.removeprefix("waku/reliability/engine/").removesuffix(".hpp")
            if other in texts and other not in above:
                yield f"{DESIGN}: {part} includes {other}, which does not stand above it"


def check_lab(root, names):
    """The table of folders in docs/lab.md holds every folder of the lab's code, below all that it includes."""
    page = (root / LAB_PAGE).read_text(encoding="utf-8") if LAB_PAGE in names else ""
    section = re.search(r"^## Folders$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    listed = re.findall(r"^\| `(\w+)/` \|", section.group(1), re.MULTILINE) if section else []
    for name in names:
        if not name.startswith(LAB) or pathlib.Path(name).suffix not in CODE_ENDINGS:
            continue
        folder = name[len(LAB):].split("/")[0]
        if folder not in listed:
            yield f"{name}: {LAB_PAGE} has no folder {folder}"
            continue
        above = listed[:listed.index(folder) + 1]
        for _, included in INCLUDE.findall((root / name).read_text(encoding="utf-8")):
            other = re.match(r"midscale/(\w+)/", included)
            if other and other.group(1) not in above:
                yield f"{name}: includes {included}, which {LAB_PAGE} does not put above it"


def findings(root):
    names = tree_files(root)
    for name in names:
        path = pathlib.Path(name)
        if path.suffix not in SOURCE_ENDINGS and path.name != "Makefile":
            continue
        try:
            text = (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            if path.suffix in CODE_ENDINGS:
                yield f"{name}: not UTF-8"
            continue
        yield from check_lines(name, text)
        yield from check_words(name, text)
        if name.startswith("include/") and path.suffix in CODE_ENDINGS:
            yield from check_header(name, text)
    yield from check_twins(names)
    yield from check_parts(root, names)
    yield from check_lab(root, names)


if __name__ == "__main__":
    sys.exit(report(__doc__, findings, "style: clean"))
