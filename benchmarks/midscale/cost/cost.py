#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What a run of relay nodes costs, by their number: processor time, memory, and time for each node, message and
connection. All sizes in turn, as often as asked for; the median and the spread of each are printed."""

import argparse
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lab


def run(program, nodes, seed, parameters, folder):
    """Seconds of the processor, and MB at most, of one run."""
    _, cost = lab.measured([program, "run", "relay-bandwidth", "--nodes", str(nodes), "--seed", str(seed),
                            "--out", folder, *lab.assignments(parameters)])
    return cost["cpu_s"], lab.read(folder, "run")["peak_rss_mb"]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    lab.add_program_option(options)
    options.add_argument("--nodes", default="1000,2000,5000,10000", help="numbers of nodes, with commas between")
    options.add_argument("--repeat", type=int, default=3, help="runs of each")
    options.add_argument("--duration", type=int, default=600, help="seconds that are simulated")
    chosen = options.parse_args()
    degree = 20
    parameters = {"degree": degree, "duration": chosen.duration, "discv5": False}
    sizes = [int(each) for each in chosen.nodes.split(",")]
    made = {nodes: [] for nodes in sizes}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, chosen.repeat + 1):
            for nodes in sizes:
                made[nodes].append(run(chosen.program, nodes, seed, parameters, folder))
    print(f"{chosen.duration} s, 1 message a second of 1 kB, {degree} connections a node, one core")
    print(f"{'nodes':>7} {'processor s':>12} {'least':>7} {'most':>7} {'MB':>7}  ns a node, message and connection")
    messages = chosen.duration
    for nodes, runs in made.items():
        seconds = [each[0] for each in runs]
        middle = statistics.median(seconds)
        print(f"{nodes:7} {middle:12.2f} {min(seconds):7.2f} {max(seconds):7.2f} {max(each[1] for each in runs):7.0f}"
              f"  {middle * 1e9 / (nodes * messages * degree):.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
