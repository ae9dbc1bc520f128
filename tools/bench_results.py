# SPDX-License-Identifier: Apache-2.0 OR MIT
"""One run of the benchmarks, as build/bench/results.json holds it, and the statistics on its times.

The run goes in rounds: in each, every program is started anew and takes each time some repetitions. `times_ns` of a
benchmark holds one list of repetitions for each round, all in nanoseconds; `counters` one value for each repetition.
`workloads` are those that were asked for, `failed` the programs of which nothing was kept, with what they said.

Intervals are nominal: with the three rounds of an ordinary run there are only ten ways to draw them, too few to tell
how far rounds lie apart, so an interval named 95 % encloses the true ratio in fewer than 95 of 100 runs.
"""

import dataclasses
import json
import math
import random
import re
import statistics

FORMAT = "waku::reliability benchmark results, 2"
OURS = "waku"
# What Google Benchmark appends to a name; not part of the names here.
MODIFIER = re.compile(r"(iterations|repeats|min_time|min_warmup_time|threads):|(real_time|manual_time|process_time)$")
RESAMPLES = 1000


class Unusable(Exception):
    """A sentence on why results are of no use."""


@dataclasses.dataclass
class Benchmark:
    name: str  # <workload>/<case>/<contender>/<size>
    workload: str
    case: str
    contender: str
    size: object  # a number, or words where the benchmark has several arguments
    times_ns: list
    counters: dict

    @property
    def repetitions(self):
        return [time for of_a_round in self.times_ns for time in of_a_round]

    @property
    def median_ns(self):
        return statistics.median(self.repetitions)

    @property
    def spread(self):
        """Half the distance between the quartiles, as a part of the median."""
        times = self.repetitions
        if len(times) < 2:
            return 0.0
        lower, _, upper = statistics.quantiles(times, n=4, method="inclusive")
        return (upper - lower) / 2 / self.median_ns

    @property
    def place(self):
        """Where it stands in lists."""
        return self.workload, self.case, self.contender, isinstance(self.size, str), self.size

    @property
    def is_ours(self):
        return self.contender == OURS or self.contender.startswith(OURS + "_")


def benchmark_named(name, workload, has_contenders):
    """A benchmark without times. Those of programs without contenders are ours, and get a name like the others'."""
    parts = [part for part in name.split("/") if not MODIFIER.match(part)]
    if not has_contenders:
        parts = parts[1:] if parts[0] == workload else parts
        parts = [workload, parts[0], OURS, "/".join(parts[1:])]
    elif len(parts) != 4 or parts[0] != workload:
        raise Unusable(f"{name} is not named {workload}/<case>/<contender>/<size>")
    size = int(parts[3]) if parts[3].isdigit() else parts[3]
    return Benchmark("/".join(parts), workload, parts[1], parts[2], size, [], {})


class Results:
    def __init__(self, machine, workloads, benchmarks=()):
        self.machine = machine
        self.workloads = list(workloads)
        self.failed = {}
        self.benchmarks = {each.name: each for each in benchmarks}

    def add(self, fresh, times_ns, counters):
        """Adds the repetitions of one round of a benchmark_named()."""
        known = self.benchmarks.setdefault(fresh.name, fresh)
        known.times_ns.append(list(times_ns))
        for counter, values in counters.items():
            known.counters.setdefault(counter, []).extend(values)

    def write(self, path):
        told = [{**dataclasses.asdict(each), "median_ns": each.median_ns, "spread": each.spread}
                for each in sorted(self.benchmarks.values(), key=lambda each: each.place)]
        path.write_text(json.dumps({"format": FORMAT, "machine": self.machine, "workloads": self.workloads,
                                    "failed": self.failed, "benchmarks": told}, indent=1) + "\n", encoding="utf-8")


def is_time(value):
    return isinstance(value, (int, float)) and math.isfinite(value) and value > 0


def read(path):
    """The results that a file holds; Unusable if it holds none."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise Unusable(f"{path} is not JSON: {error}") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Unusable(f"{path} was not written by this version of tools/bench.py: "
                       f"its \"format\" is not \"{FORMAT}\"")
    fields = [field.name for field in dataclasses.fields(Benchmark)]
    try:
        benchmarks = [Benchmark(**{field: each[field] for field in fields}) for each in told["benchmarks"]]
        results = Results(dict(told["machine"]), told["workloads"], benchmarks)
        results.failed = dict(told["failed"])
        for each in benchmarks:
            if not each.repetitions or not all(map(is_time, each.repetitions)):
                raise Unusable(f"{path} is damaged: {each.name} has no times, or one that is no time")
    except (KeyError, TypeError, ValueError) as error:
        raise Unusable(f"{path} is damaged: {type(error).__name__} {error}") from error
    if not benchmarks:
        raise Unusable(f"{path} holds no benchmark")
    return results


@dataclasses.dataclass
class Estimate:
    """A value and its nominal 95 % interval."""
    value: float
    low: float
    high: float


def resampled_median(rounds, draw):
    return statistics.median([time for of_a_round in rounds for time in draw.choices(of_a_round, k=len(of_a_round))])


def estimate_of_ratio(above, below, draw_rounds):
    """The medians' ratio with a bootstrap interval, always the same for the same times. Rounds are drawn first, by
    draw_rounds, and then repetitions in them: those of a round have more in common."""
    draw = random.Random(1)
    ratios = []
    for _ in range(RESAMPLES):
        over, under = draw_rounds(draw)
        ratios.append(resampled_median(over, draw) / resampled_median(under, draw))
    ratios.sort()
    return Estimate(above.median_ns / below.median_ns, ratios[round(0.025 * RESAMPLES)],
                    ratios[round(0.975 * RESAMPLES) - 1])


def ratio_in_one_run(above, below):
    """Of two benchmarks of a run. A busy minute is in the round of both, so both get the same rounds."""
    rounds = list(zip(above.times_ns, below.times_ns, strict=True))
    return estimate_of_ratio(above, below, lambda draw: zip(*draw.choices(rounds, k=len(rounds))))


def ratio_of_two_runs(above, below):
    """Of two benchmarks whose rounds have nothing to do with each other, so that each gets its own."""
    return estimate_of_ratio(above, below, lambda draw: [draw.choices(each.times_ns, k=len(each.times_ns))
                                                         for each in (above, below)])
