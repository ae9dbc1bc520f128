#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Times the lab beside gossip.py, a model of the same network in Python, in one run.

Both run the scenario relay-bandwidth, 1 message of 1 kB a second, without discv5, by turns and each time with another
seed. Times are of whole processes: the lab also writes its tables of messages, Python also loads its packages. Prints
medians, with half the distance of the quartiles after ±, and the figures in which the two have to agree: it fails where
one is more than a twentieth apart. Writes build/contender.json.
"""

import argparse
import json
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import gossip
import lab

HERE = pathlib.Path(__file__).resolve().parent
MOST_APART = 0.05


def lab_run(program, asked, nodes, seed, folder):
    values = {"relays": nodes, "rate": 1, "size": gossip.PAYLOAD, "duration": asked.duration, "warm_up": asked.warm_up,
              "settle": 0, "topology": "random_regular", "degree": gossip.PEERS, "latency": "distribution",
              "latency_ms": gossip.LATENCY_S * 1e3, "latency_above_ms": gossip.LATENCY_ABOVE_S * 1e3,
              "up_mbps": 0, "down_mbps": 0, "discv5": False}
    _, cost = lab.measured([program, "run", "relay-bandwidth", "--seed", str(seed), "--out", folder,
                            *lab.assignments(values)])
    summary = lab.read(folder, "summary")
    return {**cost, "copies_per_message": summary["duplicates_per_message"] + 1, "delivered": summary["delivered"],
            "relay_kBps": summary["relay_out_kBps"],
            **{f"{name}_ms": value for name, value in summary["latency_ms"].items()}}


def python_run(asked, nodes, seed):
    said, cost = lab.measured([sys.executable, str(HERE / "gossip.py"), "--nodes", str(nodes), "--seed", str(seed),
                               "--duration", str(asked.duration), "--warm-up", str(asked.warm_up)])
    return {**json.loads(said), **cost}


def spread(values):
    """The median, and half the distance of the quartiles."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return middle, (high - low) / 2


def compare(program, asked, nodes):
    midscale, python = [], []
    for seed in range(1, asked.repeat + 1):
        with tempfile.TemporaryDirectory() as folder:
            midscale.append(lab_run(program, asked, nodes, seed, folder))
        python.append(python_run(asked, nodes, seed))
    result = {"nodes": nodes, "simulated_s": asked.warm_up + asked.duration, "repeat": asked.repeat}
    print(f"{nodes:,} nodes, {result['simulated_s']} s, {asked.repeat} times each")
    for name in "wall_s", "cpu_s", "memory_mb":
        (ours, about_ours), (theirs, about_theirs) = (
            spread([run[name] for run in runs]) for runs in (midscale, python))
        print(f"  {name:20} lab {ours:9.2f} ± {about_ours:<8.2f} Python {theirs:9.2f} ± {about_theirs:<8.2f} "
              f"Python / lab {theirs / ours:7.1f}")
        result[name] = {"lab": [ours, about_ours], "python": [theirs, about_theirs], "ratio": theirs / ours}
    apart = 0
    for name in "copies_per_message", "relay_kBps", "delivered", "p50_ms", "p95_ms", "p99_ms":
        ours, theirs = (statistics.mean(run[name] for run in runs) for runs in (midscale, python))
        apart = max(apart, abs(theirs / ours - 1))
        print(f"  {name:20} lab {ours:9.3f} {'':10} Python {theirs:9.3f} {'':10} {theirs / ours - 1:+12.2%}")
        result[name] = {"lab": ours, "python": theirs}
    print(f"  times real time      lab {result['simulated_s'] / result['wall_s']['lab'][0]:9.1f} {'':10} "
          f"Python {result['simulated_s'] / result['wall_s']['python'][0]:9.1f}")
    return result, apart


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    lab.add_program_option(parser)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1_000, 5_000])
    parser.add_argument("--duration", type=int, default=600)
    parser.add_argument("--warm-up", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    if asked.repeat < 2:
        parser.error("--repeat: a spread needs 2 or more")
    found = [compare(asked.program, asked, nodes) for nodes in asked.nodes]
    (lab.SOURCE / "build").mkdir(exist_ok=True)
    text = json.dumps([result for result, _ in found], indent=2) + "\n"
    (lab.SOURCE / "build/contender.json").write_text(text, encoding="utf-8")
    if max(apart for _, apart in found) > MOST_APART:
        sys.exit("the two do not agree: they are not models of the same network")


if __name__ == "__main__":
    main()
