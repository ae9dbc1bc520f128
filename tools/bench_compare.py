#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Tells what has become slower between two runs of the benchmarks: bench_compare.py BASE [NEW].

Times: the ratio of medians, new to old, of each benchmark of ours, with a nominal 95 % bootstrap interval. The code of
the peers that run only their own has not changed, so the median of their ratios is what the machine has become slower
or faster, and is divided out; the scatter of what is left of them is the noise from run to run. A regression is a ratio
whose whole interval lies above 1 + threshold. The threshold is as many standard deviations of that noise as one of our
ratios exceeds in one comparison out of twenty if nothing has changed, all taken together (Bonferroni), and 5 % or more.
Counted things, bytes and allocations, are not noisy: any growth is a regression. So is a benchmark of ours that is
gone, unless the new run was not asked for its workload.

Ends with 1 if there is a regression, with 2 if the files cannot be compared.
"""

import argparse
import math
import pathlib
import statistics
import sys

from bench_results import Estimate, Unusable, ratio_of_two_runs, read
from bench_summary import duration, three_digits

PROJECT = pathlib.Path(__file__).resolve().parent.parent
# Peers whose timed rounds do their work by their own code alone; of ours is at most what calls them, a random number or
# a comparison. The hash tables beside the seen set and the clients beside the store page hash and compare by our
# keyed_mix and message_hash: had these become slower, so would all of them, and it would look like the machine.
ONLY_THEIR_OWN = {"openssl", "js_waku", "asio", "multimap", "priority_queue", "empty_loop"}
IN_GO = "go_"
THRESHOLD_MIN = 0.05
# With fewer peers than these in both runs, nothing is known of drift and noise.
PEERS_MIN = 5
THRESHOLD_WITHOUT_PEERS = 0.15
FALSE_ALARMS = 0.05  # comparisons without any change that may tell of a regression, as a part
# Counters of which more is worse, with what is too little to be told: a heap rounds.
COUNTED = {"bytes": 0.1, "allocations": 0.0005, "slots_max": 0}


def check_machines(base, new, paths):
    """Unusable unless both runs were on one kind of processor."""
    processors = [results.machine.get("cpu", "") for results in (base, new)]
    if processors[0] != processors[1]:
        raise Unusable(f"{paths[0]} and {paths[1]} are of different machines, \"{processors[0]}\" and "
                       f"\"{processors[1]}\": their times tell nothing about the code")


def runs_only_its_own(benchmark):
    return benchmark.contender in ONLY_THEIR_OWN or benchmark.contender.startswith(IN_GO)


def peers_noise(base, new, comparisons):
    """The machine's drift, the threshold, and a sentence about both."""
    peers = [name for name, each in base.benchmarks.items() if runs_only_its_own(each) and name in new.benchmarks]
    if len(peers) < PEERS_MIN:
        return 1.0, THRESHOLD_WITHOUT_PEERS, (
            f"Only {len(peers)} benchmarks of peers that run only their own code are in both runs: how the machine "
            f"has drifted is not known and taken as not at all; {THRESHOLD_WITHOUT_PEERS:.0%} more and above is called "
            "a regression.")
    logs = [math.log(new.benchmarks[name].median_ns / base.benchmarks[name].median_ns) for name in peers]
    # The median, so that one that is measured wrongly does not move all of ours.
    drift = statistics.median(logs)
    # Out of the 95th percentile, so that a few wild ones do not widen it, nor does a smooth middle narrow it.
    scattered = sorted(abs(log - drift) for log in logs)
    deviation = scattered[math.ceil(0.95 * len(scattered)) - 1] / statistics.NormalDist().inv_cdf(0.975)
    deviations = statistics.NormalDist().inv_cdf(1 - FALSE_ALARMS / max(1, comparisons))
    threshold = max(THRESHOLD_MIN, math.expm1(deviations * deviation))
    return math.exp(drift), threshold, (
        f"{len(peers)} benchmarks of peers run only their own code: by them the machine takes "
        f"{three_digits(math.exp(drift))} times as long as then, which is divided out, and they scatter by "
        f"{math.expm1(deviation):.1%}; with {comparisons} comparisons, a regression is an interval that lies above "
        f"{1 + threshold:.3f}.")


def compare_times(base, new):
    """(name, old median, new median, estimate of the ratio without drift) of ours, and threshold and sentence."""
    ours = [name for name, each in base.benchmarks.items() if each.is_ours and name in new.benchmarks]
    drift, threshold, sentence = peers_noise(base, new, len(ours))
    rows = []
    for name in ours:
        before, after = base.benchmarks[name], new.benchmarks[name]
        ratio = ratio_of_two_runs(after, before)
        rows.append((name, before.median_ns, after.median_ns,
                     Estimate(ratio.value / drift, ratio.low / drift, ratio.high / drift)))
    return rows, threshold, sentence


def compare_counted(base, new):
    """(name with counter, old, new, whether it has grown) of what has changed."""
    for name, before in base.benchmarks.items():
        after = new.benchmarks.get(name)
        if not before.is_ours or after is None:
            continue
        for counter in before.counters:
            rounding = next((least for word, least in COUNTED.items() if word in counter), None)
            if rounding is not None and counter in after.counters:
                old, now = max(before.counters[counter]), max(after.counters[counter])
                if abs(now - old) > rounding:
                    yield f"{name} {counter}", old, now, now > old


def verdict(ratio, threshold):
    if ratio.low > 1 + threshold:
        return "REGRESSION"
    return "improvement" if ratio.high < 1 / (1 + threshold) else ""


def tell(base, new):
    """Prints the comparison; the number of regressions."""
    rows, threshold, sentence = compare_times(base, new)
    missing = [each for name, each in base.benchmarks.items() if each.is_ours and name not in new.benchmarks]
    gone = [each for each in missing if each.workload in new.workloads]
    if not rows and not gone:
        raise Unusable("no benchmark of ours is in both runs: there is nothing to compare")
    print(sentence)
    print(f"\n{'benchmark':52} {'then':>9} {'now':>9} {'ratio':>7}  {'nominal 95 %':16}")
    regressions = len(gone)
    for name, before, after, ratio in rows:
        said = verdict(ratio, threshold)
        regressions += said == "REGRESSION"
        print(f"{name:52} {duration(before):>9} {duration(after):>9} {ratio.value:7.3f}  "
              f"{f'{ratio.low:.3f} .. {ratio.high:.3f}':16} {said}".rstrip())
    for name, old, now, grown in compare_counted(base, new):
        regressions += grown
        print(f"{name:52} {old:9.6g} {now:9.6g}{'':26} {'REGRESSION' if grown else 'improvement'}")
    for each in missing:
        if each.workload not in new.workloads:
            words = "not asked for in the new run"
        elif each.workload in new.failed:
            words = "REGRESSION: gone, its program failed in the new run"
        else:
            words = "REGRESSION: gone"
        print(f"{each.name:52} {words}")
    added = [name for name, each in new.benchmarks.items() if each.is_ours and name not in base.benchmarks]
    for name in added:
        print(f"{name:52} only in the new run")
    print(f"\n{len(rows)} compared, {len(missing) - len(gone)} not asked for, {len(gone)} gone, {len(added)} added; "
          f"{regressions} regressions")
    return regressions


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("base", type=pathlib.Path, help="results.json of the earlier run")
    arguments.add_argument("new", type=pathlib.Path, nargs="?", default=PROJECT / "build/bench/results.json")
    given = arguments.parse_args()
    try:
        base, new = read(given.base), read(given.new)
        check_machines(base, new, (given.base, given.new))
        for what in ("compiler", "flags", "openssl"):
            if base.machine.get(what) != new.machine.get(what):
                print(f"Note: {what} was {base.machine.get(what)} and is {new.machine.get(what)}.")
        for name in new.failed:
            print(f"Note: {name} failed in the new run.")
        return 1 if tell(base, new) else 0
    except Unusable as unusable:
        print(unusable, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
