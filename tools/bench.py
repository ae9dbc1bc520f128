#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Builds the benchmarks, has their contenders give the same answers, and times the library beside its peers in one run.

Everything stands in benchmarks/: programs of Google Benchmark, and peers in Go and JavaScript. The run goes in rounds.
In each, all of them are started anew in another order, and take each time a few repetitions in random order, so that
all share the same minutes and the same disturbances. A program that has no contenders to compare (it prepares for
long) takes all its repetitions in the first round.

Prints the tables and the promised figures; writes results.json (see bench_results.py), summary.json and, with
matplotlib, cost.svg and cost.png to build/bench. A time is the median of the repetitions by the wall clock; the
spread after ± is half the distance between their quartiles, in % of the median.
Fails if a contender answers differently or a program fails, not if a figure misses its target.
"""

import argparse
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

import bench_results
import bench_summary

PROJECT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = PROJECT / "benchmarks"
FOLDER = PROJECT / "build/bench"
PROGRAMS = FOLDER / "benchmarks"
CASES = SOURCES / "message_hash/cases.json"
COLOURS = re.compile("\x1b\\[[0-9;]*m")
SECONDS_MAX = 600  # for one program in one round
BUILD_SECONDS_MAX = 1800
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
# What Google Benchmark tells of a repetition besides its counters.
FIELDS = set("name family_index per_family_instance_index run_name run_type repetitions repetition_index threads "
             "iterations real_time cpu_time time_unit".split())


class Failure(Exception):
    """Something did not do its work; its words."""


def call(command, folder=PROJECT, seconds_max=SECONDS_MAX, **environment):
    """What a command prints on its standard output; Failure if it fails or does not end."""
    # The outer make's job slots are not for the inner one.
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    try:
        run = subprocess.run(list(map(str, command)), cwd=folder, env={**clean, **environment}, capture_output=True,
                             text=True, errors="replace", timeout=seconds_max)
    except OSError as error:
        raise Failure(f"{command[0]} cannot be run: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{command[0]} did not end in {seconds_max} s") from error
    if run.returncode != 0:
        said = (run.stdout + run.stderr)[-4000:]
        raise Failure(f"{' '.join(map(str, command))} ended with {run.returncode}:\n{said}")
    return run.stdout


def repetitions_of_google(text):
    """Name, time in ns, that of the processor and counters of each repetition in Google Benchmark's JSON."""
    for each in json.loads(text)["benchmarks"]:
        if each["run_type"] != "iteration":
            continue
        if each.get("error_occurred"):
            raise Failure(f"{each['name']}: {each['error_message']}")
        scale = NANOSECONDS[each["time_unit"]]
        counters = {name: value for name, value in each.items() if name not in FIELDS}
        yield each["name"], each["real_time"] * scale, each["cpu_time"] * scale, counters


def repetitions_of_go(text):
    """Name, time in ns and counters of each repetition that `go test -bench` tells. BenchmarkSeenSet is seen_set."""
    for line in text.splitlines():
        found = re.match(r"Benchmark(\w+?)(/\S+?)?(-\d+)?\s+\d+\s+([\d.e+]+) ns/op(.*)", line)
        if found:
            workload = re.sub(r"(?<=.)([A-Z])", r"_\1", found.group(1)).lower()
            counters = {unit: float(value) for value, unit in re.findall(r"([\d.e+]+) (\S+)", found.group(5))}
            yield workload + (found.group(2) or ""), float(found.group(4)), counters


class Program:
    """One that is made with Google Benchmark."""

    def __init__(self, workload):
        self.name = workload
        self.workloads = [workload]
        self.path = PROGRAMS / f"benchmark_{workload}"
        self.has_contenders = has_contenders(workload)
        self.on_processor = []  # the part of each repetition in which the program had the processor
        self.said = []  # what it prints besides the times

    def compare(self):
        return call([self.path, "--equality"]).strip() if self.has_contenders else ""

    def measure(self, repetitions, seconds):
        """The repetitions of one round."""
        told = FOLDER / f"{self.name}.json"
        said = call([self.path, "--benchmark_enable_random_interleaving=true",
                     f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={seconds}",
                     f"--benchmark_out={told}", "--benchmark_out_format=json", "--benchmark_color=false"], FOLDER)
        measured = list(repetitions_of_google(told.read_text(encoding="utf-8")))
        self.on_processor += [processor / real for _, real, processor, _ in measured]
        table = ("---", "Benchmark ", *{name for name, _, _, _ in measured})
        self.said = [line for line in COLOURS.sub("", said).strip().splitlines() if not line.startswith(table)]
        return [(name, real, counters) for name, real, _, counters in measured]


class GoPeer:
    name = "go"
    workloads = ["message_hash", "seen_set"]
    has_contenders = True
    source = SOURCES / "peers/go"
    program = FOLDER / "go_peers"
    # Without RLN, nothing of go-waku needs a C compiler.
    environment = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}

    def __init__(self, wanted):
        # message_hash is BenchmarkMessageHash there.
        names = [name.title().replace("_", "") for name in self.workloads if name in wanted]
        self.pattern = f"^Benchmark({'|'.join(names)})$"

    def prepare(self):
        call(["go", "test", "-c", "-mod=readonly", "-buildvcs=false", "-tags", "gowaku_no_rln", "-o", self.program,
              "."], self.source, seconds_max=BUILD_SECONDS_MAX, **self.environment)

    def compare(self):
        said = call([self.program, "-test.v"], self.source, WAKU_HASH_CASES=str(CASES))
        passed = re.findall(r"^--- PASS: (\w+)", said, re.MULTILINE)
        if not passed:
            raise Failure("the tests of benchmarks/peers/go ran no test")
        return f"go: {', '.join(passed)}"

    def measure(self, repetitions, seconds):
        return repetitions_of_go(call([self.program, "-test.run=^$", f"-test.bench={self.pattern}",
                                       f"-test.count={repetitions}", f"-test.benchtime={seconds}s"], self.source))


class JavaScriptPeer:
    name = "js"
    workloads = ["message_hash"]
    has_contenders = True
    source = SOURCES / "peers/js"
    folder = FOLDER / "js"

    def prepare(self):
        shutil.copytree(self.source, self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
        # What is installed already stays, as long as the lock file is the same.
        wanted = (self.folder / "package-lock.json").read_text(encoding="utf-8")
        installed = self.folder / "installed"
        if not installed.is_file() or installed.read_text(encoding="utf-8") != wanted:
            call(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier",
                  "--loglevel=error"], self.folder)
            installed.write_text(wanted, encoding="utf-8")

    def compare(self):
        return "js: " + call(["node", "bench.mjs", "--equality", "--cases", CASES], self.folder).strip()

    def measure(self, repetitions, seconds):
        said = call(["node", "bench.mjs", "--repetitions", repetitions, "--min-time", seconds], self.folder)
        for each in json.loads(said)["benchmarks"]:
            for time_ns in each["times_ns"]:
                yield each["name"], time_ns, {}


def has_contenders(workload):
    return (SOURCES / workload / "workload.hpp").is_file()


def workloads_there_are():
    return sorted({path.parent.name for path in SOURCES.glob("*/*.cpp")} - {"contest"})


def build(workloads, jobs):
    """Builds the programs of these workloads; those that can be built, and what is left out and why."""
    call(["cmake", "-S", PROJECT, "-B", FOLDER, "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG",
          "-DWAKU_RELIABILITY_TESTS=OFF", "-DWAKU_RELIABILITY_EXAMPLES=OFF", "-DWAKU_RELIABILITY_DEMO=OFF",
          "-DWAKU_RELIABILITY_BENCHMARKS=ON"])
    left_out = [line for line in (PROGRAMS / "left_out.txt").read_text(encoding="utf-8").splitlines()
                if re.split("[:/]", line.removeprefix("benchmark_"))[0] in workloads]
    programs = [Program(workload) for workload in workloads
                if not any(line.startswith(f"benchmark_{workload}:") for line in left_out)]
    # CMake builds targets that are named one after the other.
    targets = ["benchmarks"] if workloads == workloads_there_are() else [each.path.name for each in programs]
    if targets:
        call(["cmake", "--build", FOLDER, "--parallel", jobs, "--target", *targets],
             seconds_max=BUILD_SECONDS_MAX)
    return programs, left_out


def prepare_peers(workloads):
    """The peers that can be asked about these workloads, and what is left out and why."""
    ready, left_out = [], []
    for peer in (GoPeer(workloads), JavaScriptPeer()):
        if not set(peer.workloads) & set(workloads):
            continue
        try:
            peer.prepare()
            ready.append(peer)
        except Failure as failure:
            left_out.append(f"{peer.name}: {failure}")
    return ready, left_out


def first_line(*command):
    try:
        return call(command).splitlines()[0].strip()
    except (Failure, IndexError):
        return ""


def setting(name):
    """A value of CMake's cache."""
    found = re.search(rf"^{name}:\w+=(.*)$", (FOLDER / "CMakeCache.txt").read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else ""


def version_of(compiler, header, macro):
    """What a library's header says of its version."""
    run = subprocess.run([compiler, "-x", "c++", "-E", "-P", "-"], input=f"#include <{header}>\nversion: {macro}\n",
                         capture_output=True, text=True)
    found = re.findall(r'^version:\s*"?([^"\n]*)', run.stdout, re.MULTILINE)
    return found[-1].strip() if run.returncode == 0 and found else ""


def machine():
    """What the times depend on."""
    about = dict(line.split(":", 1) for line in call(["lscpu"], LC_ALL="C").splitlines() if ":" in line) \
        if shutil.which("lscpu") else {}
    compiler = setting("CMAKE_CXX_COMPILER")
    commit = first_line("git", "rev-parse", "HEAD")
    if commit and first_line("git", "status", "--porcelain"):
        commit += " with changes"
    return {
        "cpu": about.get("Model name", "").strip(),
        "cores": os.cpu_count(),
        "caches": {name: size.strip() for name, size in about.items() if name.endswith(" cache")},
        "system": " ".join(os.uname()[index] for index in (0, 2, 4)),
        "compiler": first_line(compiler, "--version"),
        "flags": setting("CMAKE_CXX_FLAGS_RELEASE"),
        "openssl": version_of(compiler, "openssl/opensslv.h", "OPENSSL_VERSION_TEXT"),
        "boost": version_of(compiler, "boost/version.hpp", "BOOST_LIB_VERSION"),
        "asio": version_of(compiler, "asio/version.hpp", "ASIO_VERSION"),
        "protobuf": version_of(compiler, "google/protobuf/stubs/common.h", "GOOGLE_PROTOBUF_VERSION"),
        "go": first_line("go", "version"),
        "node": first_line("node", "--version"),
        "commit": commit,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    }


def one_round(entrant, repetitions, seconds):
    """Benchmark, times and counters of all that an entrant measures in one round."""
    found = {}
    for name, time_ns, counters in entrant.measure(repetitions, seconds):
        times, counted = found.setdefault(name, ([], {}))
        times.append(time_ns)
        for counter, value in counters.items():
            counted.setdefault(counter, []).append(value)
    if not found:
        raise Failure("it measured nothing")
    # A peer that takes part in several workloads says in its names which one it is.
    return [(bench_results.benchmark_named(name, entrant.workloads[0] if len(entrant.workloads) == 1
                                           else name.split("/")[0], entrant.has_contenders), times, counted)
            for name, (times, counted) in found.items()]


def measure_all(entrants, given, results):
    """Adds everything measured to the results, but for those that fail in a round; what has failed."""
    added = {}
    draw = random.Random(1)
    for number in range(given.rounds):
        order = list(entrants)
        draw.shuffle(order)
        for entrant in order:
            at_once = 1 if entrant.has_contenders else given.rounds
            if entrant.name in results.failed or (at_once > 1 and number > 0):
                continue
            begun = time.monotonic()
            print(f"round {number + 1} of {given.rounds}: {entrant.name}", end="", flush=True)
            try:
                found = one_round(entrant, given.repetitions * at_once, given.min_time)
            except (Failure, bench_results.Unusable) as failure:
                results.failed[entrant.name] = str(failure)
                for name in added.get(entrant.name, ()):
                    del results.benchmarks[name]
                print(" FAILED")
                continue
            for benchmark, times, counted in found:
                results.add(benchmark, times, counted)
                added.setdefault(entrant.name, set()).add(benchmark.name)
            print(f", {time.monotonic() - begun:.0f} s")
    return [f"{name}: {words}" for name, words in results.failed.items()]


def draw_picture():
    """Has a Python that knows matplotlib draw it; Debian's packages are for Debian's own."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import matplotlib"], capture_output=True).returncode == 0:
            call([python, PROJECT / "tools/bench_picture.py", FOLDER / "results.json", FOLDER / "cost"])
            return "build/bench/cost.svg, cost.png"
    return "no picture: matplotlib was not found (Debian: python3-matplotlib)"


def compare_answers(entrants):
    """Prints who agrees; what has failed."""
    failures = []
    for entrant in entrants:
        try:
            said = entrant.compare()
            if said:
                print(f"{entrant.name}: {said.removeprefix(entrant.name + ': ')}", flush=True)
        except Failure as failure:
            failures.append(f"{entrant.name}: {failure}")
    return failures


def tell(results, entrants, workloads):
    """Prints the tables and the figures, and writes their files."""
    summary = bench_summary.summary_of(results)
    (FOLDER / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    for line in bench_summary.tables(results):
        print(line)
    for program in entrants:
        if not program.has_contenders and program.said:
            print(f"\n{program.name} says:", *program.said, sep="\n")
    print()
    for line in bench_summary.figure_lines(summary, workloads):
        print(line)
    print()
    shares = [share for each in entrants if isinstance(each, Program) for share in each.on_processor]
    if shares and statistics.mean(shares) < 0.97:
        print(f"The machine was busy: the programs had the processor for {statistics.mean(shares):.0%} of their times.")
    print(f"build/bench/results.json, summary.json; {draw_picture()}")


def chosen():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--equality", action="store_true", help="compare the answers and time nothing")
    arguments.add_argument("--workloads", help="only these, with commas between them")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count(), help="compilers at a time")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--repetitions", type=int, default=3, help="in each round")
    arguments.add_argument("--min-time", type=float, default=0.05, help="seconds of a repetition, at least")
    given = arguments.parse_args()
    known = workloads_there_are()
    given.workloads = given.workloads.split(",") if given.workloads else known
    unknown = [name for name in given.workloads if name not in known]
    if unknown:
        arguments.error(f"there is no {', '.join(unknown)}; there are: {', '.join(known)}")
    if given.equality:
        given.workloads = [name for name in given.workloads if has_contenders(name)]
    return given


def main():
    begun = time.monotonic()
    given = chosen()
    programs, left_out = build(given.workloads, given.jobs)
    peers, peers_left_out = prepare_peers(given.workloads)
    left_out += peers_left_out
    for line in left_out:
        print(f"left out: {line}")
    built = time.monotonic()
    entrants = [*programs, *peers]
    failures = compare_answers(entrants)
    if left_out and os.environ.get("CI") == "true":
        failures.append("with CI=true nothing may be left out")
    if not failures and not given.equality:
        results = bench_results.Results({**machine(), "left_out": left_out}, given.workloads)
        failures = measure_all(entrants, given, results)
        # Even without benchmarks, so that no earlier run is taken for this one.
        results.write(FOLDER / "results.json")
        if results.benchmarks:
            tell(results, entrants, given.workloads)
    for failure in failures:
        print(f"FAILED: {failure}")
    print(f"{time.monotonic() - begun:.0f} s, {built - begun:.0f} of them to build; {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(str(failure))
