#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Shows what `midscale compare` finds and what it does not: changes of the network that are made on purpose have to
be found with five seeds, and pairs of equal versions may raise an alarm once in twenty. Fails where they do not."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[3]
SEEDS = 5
# A change that slipped in: the parameter by which it is made, its value before, and after. The gossip factor has an
# effect only where its share of the neighbours outside the mesh is above D_lazy, which is 6: of 40 some 33 are there.
CHANGES = {
    "gossip factor 0.25 -> 0.05": ("gossip_factor", "0.25", "0.05"),
    "D 6 -> 8": ("mesh_degree", "6", "8"),
}


class Lab:
    def __init__(self, asked, folder):
        self.asked, self.folder, self.seed = asked, pathlib.Path(folder), 1

    def runs(self, name, **values):
        """The folder of a few runs with seeds that no others have."""
        out = self.folder / f"{name}-{self.seed}"
        command = [self.asked.program, "sweep", self.asked.scenario, "--sweep", f"nodes={self.asked.nodes}",
                   "--repeat", str(SEEDS), "--seed", str(self.seed), "--out", str(out),
                   "--set", f"duration={self.asked.duration}", "--set", "discv5=false"]
        for parameter, value in values.items():
            command += ["--set", f"{parameter}={value}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        self.seed += SEEDS
        return out

    def compare(self, base, new):
        """What differs significantly, by its corrected p."""
        done = subprocess.run([self.asked.program, "compare", str(base), str(new), "--out", str(new)],
                              capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            sys.exit(done.stderr)
        groups = json.loads((new / "comparison.json").read_text(encoding="utf-8"))["groups"]
        return {metric["metric"]: metric["corrected_p"] for group in groups for metric in group["metrics"]
                if metric["significant"]}


def disguise(folder, parameter, value):
    """Has runs say that they were made with another value, as those of a version with a fault would."""
    for path in folder.rglob("parameters.json"):
        told = json.loads(path.read_text(encoding="utf-8"))
        told["values"][parameter] = value
        path.write_text(json.dumps(told), encoding="utf-8")


def found(lab, times):
    """How often each change is found, of so many times."""
    missed = 0
    for name, (parameter, before, after) in CHANGES.items():
        count, metrics = 0, set()
        for _ in range(times):
            base, new = (lab.runs(f"{parameter}={value}", **{parameter: value})
                         for value in (before, after))
            # In both, so that a number is the same text.
            disguise(base, parameter, before)
            disguise(new, parameter, before)
            differing = lab.compare(base, new)
            count += bool(differing)
            metrics.update(differing)
        print(f"{name}: found {count} times of {times}, in {', '.join(sorted(metrics)) or 'nothing'}", flush=True)
        missed += times - count
    return missed


def false_alarms(lab, pairs):
    alarms = 0
    for _ in range(pairs):
        differing = lab.compare(lab.runs("one"), lab.runs("other"))
        alarms += bool(differing)
        for metric, p in differing.items():
            print(f"  false alarm: {metric}, corrected p {p:.4f}")
    print(f"equal versions: {alarms} alarms in {pairs} pairs", flush=True)
    return alarms


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--program", default=str(SOURCE / "build/midscale"))
    parser.add_argument("--scenario", default="relay-bandwidth")
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--duration", type=int, default=120)
    parser.add_argument("--times", type=int, default=5, help="how often each change is made")
    parser.add_argument("--pairs", type=int, default=20, help="of equal versions")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(asked, folder)
        missed = found(lab, asked.times)
        alarms = false_alarms(lab, asked.pairs)
    if missed or alarms * 20 > asked.pairs:
        sys.exit("compare does not keep its promise")


if __name__ == "__main__":
    main()
