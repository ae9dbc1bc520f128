# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The lab's program, for the scripts that run it: where it is, how it is run, and what it leaves."""

import json
import os
import pathlib
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def add_program_option(parser):
    parser.add_argument("--program", default=str(SOURCE / "build" / "midscale"), help="midscale, as it was built")


def assignments(values):
    """The words that give parameters their values."""
    told = {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}
    return [word for name, value in told.items() for word in ("--set", f"{name}={value}")]


def run(command, accepted=(0,)):
    """Runs a command, and gives what it prints. Ends this script with the command's own sentence where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in accepted:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def measured(command):
    """What a command prints, with its time by the wall clock, its processor time, and its most memory in MB."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed")
    return said, {"wall_s": time.perf_counter() - begin, "cpu_s": usage.ru_utime + usage.ru_stime,
                  "memory_mb": usage.ru_maxrss * 1024 / 1e6}


def read(folder, name):
    """What a JSON file in a folder holds, such as the summary of a run."""
    return json.loads((pathlib.Path(folder) / f"{name}.json").read_text(encoding="utf-8"))
