#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Builds the fuzz targets of tests/fuzz/ with clang's libFuzzer and the sanitizers, and runs each for a while.

Each begins with the kept corpus, seeds made of the golden vectors, and what earlier runs found in build/fuzz/work.
Prints a line for each target; fails where a promise is broken, memory leaks or is taken in too large pieces, or an
input takes too long: then the input is in build/fuzz/findings, and fuzz_replay plays it again, with any compiler.
With --keep, the kept corpus becomes the smallest that reaches all code that any input has reached.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

PROJECT = pathlib.Path(__file__).resolve().parent.parent
TARGETS = re.findall(r'^    {"(\w+)", ', (PROJECT / "tests/fuzz/target.hpp").read_text(encoding="utf-8"),
                     re.MULTILINE)
# The largest piece of memory: 4 times the limit of the largest frame, a store's page.
LARGEST_PIECE_MB = 64
LIMITS = ["-max_len=4096", "-timeout=10", "-rss_limit_mb=1024", f"-malloc_limit_mb={LARGEST_PIECE_MB}"]


def has_fuzzer():
    """Whether clang++ is there and can link libFuzzer and the sanitizers."""
    if not shutil.which("clang++"):
        return False
    source = 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, decltype(sizeof 0)) { return 0; }\n'
    run = subprocess.run(["clang++", "-x", "c++", "-", "-fsanitize=fuzzer,address,undefined", "-o", os.devnull],
                         input=source, capture_output=True, text=True)
    return run.returncode == 0


def build(jobs):
    # The outer make's job slots are not for the inner one.
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    for command in (["cmake", "--preset", "fuzz"], ["cmake", "--build", "--preset", "fuzz", "--parallel", str(jobs)]):
        run = subprocess.run(command, cwd=PROJECT, env=clean, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(run.stdout + run.stderr)


class Fuzzing:
    def __init__(self, folder):
        self.folder = folder
        self.program = folder / "tests/fuzz_live"
        self.findings = folder / "findings"
        self.findings.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, str(PROJECT / "tests/fuzz/seeds.py"), str(folder / "seeds")], check=True,
                       stdout=subprocess.DEVNULL)

    def inputs(self, target):
        folders = [self.folder / "work" / target, PROJECT / "tests/fuzz/corpus" / target,
                   self.folder / "seeds" / target]
        folders[0].mkdir(parents=True, exist_ok=True)
        return [str(folder) for folder in folders if folder.is_dir()]

    def call(self, target, arguments):
        run = subprocess.run([str(self.program), *LIMITS, *arguments], capture_output=True, text=True, errors="replace",
                             env={**os.environ, "WAKU_FUZZ_TARGET": target}, cwd=self.folder)
        return run.returncode, run.stderr

    def run(self, target, seconds):
        """Target, exit code, and what was said."""
        prefix = f"-artifact_prefix={self.findings}/{target}-"
        return (target, *self.call(target, [f"-max_total_time={seconds}", "-print_final_stats=1", prefix,
                                            *self.inputs(target)]))

    def keep(self, target):
        """Replaces the kept corpus by the smallest that reaches the same code; its files and bytes."""
        made = self.folder / "kept" / target
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        code, said = self.call(target, ["-merge=1", "-use_counters=0", str(made), *self.inputs(target)])
        if code != 0:
            sys.exit(f"{target}: the corpus was not merged\n{said[-3000:]}")
        kept = PROJECT / "tests/fuzz/corpus" / target
        for path in kept.glob("*-*"):  # findings of old have names in words
            shutil.copy(path, made)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(made, kept)
        sizes = [path.stat().st_size for path in kept.iterdir()]
        return len(sizes), sum(sizes)


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=int, default=15, help="for each target")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count(), help="targets at a time")
    arguments.add_argument("--keep", action="store_true", help="renew the kept corpus afterwards")
    arguments.add_argument("targets", nargs="*", default=TARGETS, help="all if none is named")
    given = arguments.parse_args()
    unknown = [name for name in given.targets if name not in TARGETS]
    if unknown:
        arguments.error(f"there is no {', '.join(unknown)}; there are: {', '.join(TARGETS)}")
    if not has_fuzzer():
        print("fuzz: skipped: clang++ with libFuzzer is not here; on Debian: clang and libclang-rt-14-dev")
        return 0

    begun = time.monotonic()
    build(given.jobs)
    fuzzing = Fuzzing(PROJECT / "build/fuzz")
    built = time.monotonic()
    failed = []
    executions = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        runs = [pool.submit(fuzzing.run, target, given.seconds) for target in given.targets]
        for run in concurrent.futures.as_completed(runs):
            target, code, said = run.result()
            executed = number(r"number_of_executed_units: ([0-9]+)", said)
            executions += executed
            print(f"{target:18} {executed:9} inputs, {number(r'cov: ([0-9]+)', said):5} edges, "
                  f"{number(r'peak_rss_mb: +([0-9]+)', said):4} MB  {'ok' if code == 0 else 'FAILED'}", flush=True)
            if code != 0:
                failed.append(target)
                print(said[-6000:])
    print(f"{len(given.targets)} targets, {given.seconds} s each, {executions} inputs; build {built - begun:.0f} s, "
          f"runs {time.monotonic() - built:.0f} s; {len(failed)} failed")
    if given.keep and not failed:
        kept = [fuzzing.keep(target) for target in given.targets]
        print(f"kept: {sum(files for files, _ in kept)} files, {sum(size for _, size in kept)} bytes")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
