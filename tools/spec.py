#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Lists every statement of tests/spec/statements.txt with the tests that observe it.

A test observes a statement when the statement's id stands in brackets in the name of its TEST_CASE:
[S1.4], [S2.1, R28] or several brackets. Fails when a statement has no test or a test names an unknown id.
"""

import argparse
import pathlib
import re
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent
TEST_CASE = re.compile(
    r"\b(?:TEST_CASE(?:_FIXTURE|_TEMPLATE|_TEMPLATE_DEFINE)?|SCENARIO(?:_TEMPLATE)?)"
    r'\s*\(\s*(?:[\w:<>]+\s*,\s*)?((?:"(?:\\.|[^"\\])*"\s*)+)')
IDENTIFIER = re.compile(r"^[A-Z]\d+(\.\d+)?$")


def read_statements(path):
    """id -> (keyword, wording), in the order of the file."""
    statements = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not all(parts) or not IDENTIFIER.match(parts[0]) or parts[0] in statements:
            raise SystemExit(f"{path}:{number}: not a statement, or told twice: {line}")
        statements[parts[0]] = (parts[1], parts[2])
    return statements


def without_comments(text):
    return re.sub(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/',
                  lambda found: found.group(1) or " ", text, flags=re.DOTALL)


def test_names(source):
    """The names of the test cases in a C++ text; neighbouring literals are one name."""
    for found in TEST_CASE.finditer(without_comments(source)):
        yield "".join(re.findall(r'"((?:\\.|[^"\\])*)"', found.group(1))).replace('\\"', '"')


def observed_ids(name):
    """Every id that stands in brackets in a test's name."""
    for bracket in re.findall(r"\[([^\]]*)\]", name):
        for word in re.split(r"[,\s]+", bracket):
            if IDENTIFIER.match(word):
                yield word


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--root", type=pathlib.Path, default=PROJECT)
    arguments.add_argument("--gaps", action="store_true", help="print only what is uncovered or unknown")
    given = arguments.parse_args()

    statements = read_statements(given.root / "tests/spec/statements.txt")
    observers = {identifier: [] for identifier in statements}
    unknown = []
    for path in sorted((given.root / "tests").rglob("*.cpp")):
        source = str(path.relative_to(given.root))
        for name in test_names(path.read_text(encoding="utf-8")):
            for identifier in dict.fromkeys(observed_ids(name)):
                if identifier in observers:
                    observers[identifier].append(f"{source}: {name}")
                else:
                    unknown.append(f"{source}: {name} (there is no {identifier})")

    uncovered = [identifier for identifier, tests in observers.items() if not tests]
    for identifier, (keyword, wording) in statements.items():
        if given.gaps and observers[identifier]:
            continue
        print(f"{identifier:6} {keyword:11} {wording}")
        for test in observers[identifier] or ["NO TEST OBSERVES THIS"]:
            print(f"{'':19}{test}")
    for line in unknown:
        print(f"unknown id: {line}")
    print(f"{len(statements)} statements, {len(statements) - len(uncovered)} observed, "
          f"{len(uncovered)} uncovered, {len(unknown)} unknown ids")
    return 1 if uncovered or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
