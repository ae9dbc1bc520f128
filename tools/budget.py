#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the umbrella costs those who include it.

Prints the compile time of a file that includes <waku/reliability.hpp> against one that includes the standard
headers it leans on (median of interleaved runs), and the seconds of tests/budget/node.cpp at -O2, a program
that uses one node. Never fails on a time, since machines differ; fails when the umbrella pulls in a header
that is neither ours nor the standard library's.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

RATIO_TARGET = 1.4
STANDARD = ["chrono", "variant", "vector", "string", "span", "optional", "array", "string_view"]
# Every header that a program may include without leaving the standard library.
EVERY_STANDARD = "#include <bits/stdc++.h>\n#include <cassert>\n"


def seconds_of(command):
    start = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - start


def included_files(compiler, include, source):
    """The paths of all files that a source includes, itself left out."""
    run = subprocess.run([compiler, "-std=c++20", f"-I{include}", "-M", "-MT", "target", str(source)],
                         check=True, capture_output=True, text=True)
    paths = re.split(r"(?<!\\)\s+", run.stdout.replace("\\\n", " ").split(":", 1)[1].strip())
    return {os.path.realpath(path.replace("\\ ", " ")) for path in paths} - {os.path.realpath(source)}


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    arguments.add_argument("--repetitions", type=int, default=9)
    arguments.add_argument("--include", type=pathlib.Path, default=root / "include")
    given = arguments.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        ours, theirs, every = work / "umbrella.cpp", work / "standard.cpp", work / "every.cpp"
        ours.write_text("#include <waku/reliability.hpp>\n")
        theirs.write_text("".join(f"#include <{header}>\n" for header in STANDARD))
        every.write_text(EVERY_STANDARD)

        base = os.path.realpath(given.include) + os.sep
        known = included_files(given.compiler, given.include, every)
        pulled_in = included_files(given.compiler, given.include, ours)
        own = {path for path in pulled_in if path.startswith(base)}
        strangers = sorted(pulled_in - own - known)
        print(f"{given.compiler}: the umbrella includes {len(own)} headers of ours, "
              f"{len(pulled_in - own - set(strangers))} of the standard library, {len(strangers)} others")
        for path in strangers:
            print(f"  third-party header: {path}")

        def compile_command(source, *flags):
            return [given.compiler, "-std=c++20", f"-I{given.include}", *flags, "-c", str(source),
                    "-o", os.devnull]

        times = {ours: [], theirs: []}
        for source in (ours, theirs):  # the first run warms the file cache
            seconds_of(compile_command(source))
        for _ in range(given.repetitions):
            for source, measured in times.items():
                measured.append(seconds_of(compile_command(source)))
        umbrella, standard = (statistics.median(times[source]) for source in (ours, theirs))
        print(f"umbrella {umbrella:.3f} s, its standard headers {standard:.3f} s: "
              f"ratio {umbrella / standard:.2f} (target {RATIO_TARGET})")

        node = root / "tests/budget/node.cpp"
        if node.is_file():
            command = compile_command(node, "-O2", f"-I{root / 'tests'}")
            seconds = statistics.median(seconds_of(command) for _ in range(3))
            print(f"a program that uses one node, -O2: {seconds:.2f} s")
        else:
            print("a program that uses one node: tests/budget/node.cpp is not there")
    return 1 if strangers else 0


if __name__ == "__main__":
    sys.exit(main())
