#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the umbrella costs those who include it.

Prints the compile time of a file that includes <waku/reliability.hpp> against one that includes the standard
headers it leans on, and that of tests/budget/node.cpp at -O2, a program that uses one node. Times are user
CPU seconds of the compiler, which other work on the machine disturbs less than wall time: the median of
interleaved runs, with the fastest and the slowest beside it. Never fails on a time, since machines differ;
fails when the umbrella pulls in a header that is neither ours nor the standard library's.
"""

import argparse
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile

RATIO_TARGET = 1.4
REPETITIONS = 15  # of the umbrella and its standard headers, in turn
NODE_REPETITIONS = 3
STANDARD = ["chrono", "variant", "vector", "string", "span", "optional", "array", "string_view"]
# Every header that a program may include without leaving the standard library.
EVERY_STANDARD = "#include <bits/stdc++.h>\n#include <cassert>\n"


def seconds_of(command):
    """The user CPU time of a command and the processes it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(command, check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def spread(times):
    return f"{statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f})"


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
        for _ in range(REPETITIONS):
            for source, measured in times.items():
                measured.append(seconds_of(compile_command(source)))
        ratio = statistics.median(times[ours]) / statistics.median(times[theirs])
        print(f"user time, median of {REPETITIONS} (fastest to slowest): umbrella {spread(times[ours])}, "
              f"its standard headers {spread(times[theirs])}")
        print(f"ratio {ratio:.2f} (target {RATIO_TARGET})")

        node = root / "tests/budget/node.cpp"
        if node.is_file():
            command = compile_command(node, "-O2", f"-I{root / 'tests'}")
            seconds = [seconds_of(command) for _ in range(NODE_REPETITIONS)]
            print(f"a program that uses one node, -O2: {spread(seconds)}")
        else:
            print("a program that uses one node: tests/budget/node.cpp is not there")
    return 1 if strangers else 0


if __name__ == "__main__":
    sys.exit(main())
