#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Runs all studies of the lab, each with all that it varies, and makes one report of them. Interrupted, the same
command goes on where it was."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

import lab


def names(program):
    """The studies, in the order of the plan."""
    return [line.split()[0] for line in lab.run([program, "list"]).splitlines()]


def spread(processes):
    """What a command begins with, to run in so many processes."""
    if processes < 2:
        return []
    if not shutil.which("mpirun"):
        print("mpirun was not found: one process", file=sys.stderr)
        return []
    root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
    return ["mpirun", *root, "--oversubscribe", "-n", str(processes)]


def costs(folder):
    """Runs, seconds of all of them, and MB of the largest."""
    told = [lab.read(path.parent, "run") for path in folder.rglob("run.json")]
    return len(told), sum(each["wall_s"] for each in told), max((each["peak_rss_mb"] for each in told), default=0)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    lab.add_program_option(options)
    options.add_argument("--out", type=pathlib.Path, required=True, help="folder for the runs and the report")
    size = options.add_mutually_exclusive_group()
    size.add_argument("--scale", type=float, help="a share of each study's own size, such as 0.1")
    size.add_argument("--nodes", type=int, help="so many nodes in each")
    options.add_argument("--repeat", type=int, default=1, help="runs of each, with different seeds")
    options.add_argument("--processes", type=int, default=os.cpu_count(), help="among which runs are divided")
    options.add_argument("--only", help="some of the studies, with commas between")
    chosen = options.parse_args()
    wanted = chosen.only.split(",") if chosen.only else names(chosen.program)
    failed = []
    for study in wanted:
        command = [*spread(chosen.processes), chosen.program, "sweep", study, "--repeat", str(chosen.repeat),
                   "--out", str(chosen.out / study)]
        if chosen.scale:
            command += ["--scale", str(chosen.scale)]
        if chosen.nodes:
            command += ["--nodes", str(chosen.nodes)]
        begin = time.monotonic()
        if subprocess.run(command, check=False).returncode != 0:
            failed.append(study)
        runs, seconds, most = costs(chosen.out / study)
        print(f"{study:20} {runs:3} runs, {seconds:7.1f} s of runs in {time.monotonic() - begin:6.1f} s, "
              f"{most:5.0f} MB at most", flush=True)
    reported = subprocess.run([chosen.program, "report", str(chosen.out)], check=False).returncode
    for study in failed:
        print(f"failed: {study}")
    return 1 if failed or reported != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
