# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What a run of the benchmarks comes to: the figures that the project promises, and the tables for the terminal."""

import dataclasses
import statistics
import textwrap

from bench_results import OURS, Estimate, ratio_in_one_run

WIDTH = 120


@dataclasses.dataclass(frozen=True)
class Figure:
    """A ratio of two benchmarks' times, or where `counter` is named, that counter of the first one."""
    id: str
    what: str
    above: str
    below: str = ""
    counter: str = ""
    relation: str = ""
    target: float = None
    unit: str = "x"


def at_least(figure, target):
    return dataclasses.replace(figure, relation=">=", target=target)


def at_most(figure, target):
    return dataclasses.replace(figure, relation="<=", target=target)


WINDOW = "seen_set/window/waku/100000"
CONFIRM = "engine/publish_confirm/waku/"
XXH3 = "1.xxh3"
SAME_AS_XXH3 = 0.05  # half the width of an interval that tells so, at most
P9999 = "one operation of a window of a million, slower than 99.99 % of them: "
FIGURES = [
    at_least(Figure("1.boost", "a sliding window of 100,000 hashes: boost::unordered_flat_set and a deque over ours",
                    "seen_set/window/boost/100000", WINDOW), 1),
    at_least(Figure("1.std", "the same: std::unordered_set and a deque over ours",
                    "seen_set/window/std/100000", WINDOW), 3),
    at_most(Figure("1.bytes", "memory of a window of 100,000 hashes, per entry and in all", WINDOW,
                   counter="bytes_per_entry", unit="B"), 50),
    at_most(Figure("1.slots", "slots that one operation moves or scans in a window of a million, at most",
                   "seen_set/window/waku/1000000", counter="slots_max", unit="slots"), 32),
    Figure("1.p9999.waku", P9999 + "ours", "seen_set/latency/waku/1000000", counter="p9999_ns", unit="ns"),
    Figure("1.p9999.boost", P9999 + "boost's", "seen_set/latency/boost/1000000", counter="p9999_ns", unit="ns"),
    Figure("1.p9999.empty_loop", P9999 + "an empty loop's", "seen_set/latency/empty_loop/1000000",
           counter="p9999_ns", unit="ns"),
    Figure(XXH3, "a sliding window of 100,000 hashes: the built-in mix over XXH3", WINDOW,
           "seen_set/window/waku_xxhash/100000"),
    at_least(Figure("2.asio", "with 1,000,000 deadlines armed, cancel any and arm another: asio::steady_timer over "
                    "ours", "deadlines/cancel_any/asio/1000000", "deadlines/cancel_any/waku/1000000"), 5),
    Figure("2.asio.soon", "with 1,000,000 deadlines armed, arm one more and cancel it at once: asio::steady_timer over "
           "ours", "deadlines/arm_cancel/asio/1000000", "deadlines/arm_cancel/waku/1000000"),
    *(at_least(Figure(f"3.openssl.{size}", f"message hash of {size:,} B: one-shot OpenSSL over ours",
                      f"message_hash/hash/openssl/{size}", f"message_hash/hash/waku/{size}"), target)
      for size, target in ((32, 2.5), (1024, 1.2))),
    *(at_least(Figure(f"3.js.{size}", f"message hash of {size:,} B: js-waku over ours",
                      f"message_hash/hash/js_waku/{size}", f"message_hash/hash/waku/{size}"), target)
      for size, target in ((32, 20), (1024, 8))),
    *(Figure(f"3.go.{size}", f"message hash of {size:,} B: go-waku over ours",
             f"message_hash/hash/go_waku/{size}", f"message_hash/hash/waku/{size}") for size in (32, 1024)),
    at_least(Figure("4.protobuf", "a page of 100 hashes against 100,000 seen: fresh Protobuf messages and "
                    "std::unordered_set over ours", "store_page/decode_compare/protobuf/100000",
                    "store_page/decode_compare/waku/100000"), 3),
    at_most(Figure("5.publish", "publish, two acknowledgements, presence: the engine over one insertion into a seen "
                   "set", CONFIRM + "100000", "engine/seen_insert/waku/100000"), 20),
    at_most(Figure("5.allocations", "the same: allocations for each message once warm", CONFIRM + "100000",
                   counter="allocations", unit="each"), 0),
    at_most(Figure("5.duplicate", "a duplicate push: the engine over one hit in a seen set",
                   "engine/duplicate/waku/100000", "engine/seen_hit/waku/100000"), 3),
    at_most(Figure("6.growth", "a message's cost with a million in flight over that with a thousand",
                   CONFIRM + "1000000", CONFIRM + "1000"), 3),
    at_most(Figure("7.ground", "a sliding window of 100,000 hashes: ground hashes over random ones",
                   "seen_set/ground/waku/100000", WINDOW), 2),
]


def estimated(figure, benchmarks):
    """The figure's value; a name that is missing instead."""
    for name in (figure.above, figure.below):
        if name and name not in benchmarks:
            return name
    above = benchmarks[figure.above]
    if figure.below:
        return ratio_in_one_run(above, benchmarks[figure.below])
    if figure.counter not in above.counters:
        return f"{figure.above}, counter {figure.counter}"
    # What is counted has to hold in each repetition; what is timed has a median.
    values = above.counters[figure.counter]
    value = statistics.median(values) if figure.unit == "ns" else max(values)
    return Estimate(value, min(values), max(values))


def verdict_on_xxh3(estimate):
    if estimate.low <= 1 <= estimate.high:
        # A wide interval encloses 1 too, and tells nothing.
        decided = (estimate.high - estimate.low) / 2 < SAME_AS_XXH3
        return "; ours is within the noise of XXH3" if decided else "; not decided in this run"
    return f"; ours is {abs(estimate.value - 1):.0%} {'slower' if estimate.value > 1 else 'faster'} than XXH3"


def line_of(figure, benchmarks):
    line = {"id": figure.id, "what": figure.what, "value": None, "unit": figure.unit, "target": figure.target,
            "relation": figure.relation or None, "met": None if figure.target is None else False, "low": None,
            "high": None}
    estimate = estimated(figure, benchmarks)
    if not isinstance(estimate, Estimate):
        return {**line, "missing": estimate}
    if figure.target is not None:
        line["met"] = estimate.value >= figure.target if figure.relation == ">=" else estimate.value <= figure.target
    return {**line, "what": figure.what + (verdict_on_xxh3(estimate) if figure.id == XXH3 else ""),
            "value": estimate.value, "low": estimate.low, "high": estimate.high}


def summary_of(results):
    """What build/bench/summary.json holds. `met` is null where there is no target. `low` and `high` are the nominal
    95 % interval of a ratio, and enclose all values of a counter."""
    return {"lines": [line_of(figure, results.benchmarks) for figure in FIGURES]}


def three_digits(number):
    return f"{number:#.3g}".rstrip(".")


def plain(number):
    return f"{number:,.0f}" if abs(number) >= 1000 or number == int(number) else three_digits(number)


def duration(nanoseconds):
    for unit, length in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= length:
            return f"{three_digits(nanoseconds / length)} {unit}"
    return f"{three_digits(nanoseconds)} ns"


def timed(benchmark):
    return f"{duration(benchmark.median_ns):>7} ±{benchmark.spread:3.0%}"


def by_case(results):
    """Workload and case, and the benchmarks of it, in order."""
    cases = {}
    for each in results.benchmarks.values():
        cases.setdefault((each.workload, each.case), []).append(each)
    return sorted(cases.items())


def contenders_of(benchmarks):
    """Their names, ours first."""
    return sorted({each.contender for each in benchmarks},
                  key=lambda name: (name != OURS, not name.startswith(OURS), name))


def to_ours(benchmark, ours):
    """Its ratio to ours of the same size, where there is one; `ours`: median by size."""
    if benchmark.contender == OURS or benchmark.size not in ours:
        return ""
    return f"{plain(benchmark.median_ns / ours[benchmark.size])}x"


CONTENDER = 20
CELL = 24


def blocks(benchmarks, cell_of):
    """Rows of contenders and columns of sizes, as many as fit side by side."""
    cells = {(each.contender, each.size): cell_of(each) for each in benchmarks}
    contenders = contenders_of(benchmarks)
    sizes = sorted({each.size for each in benchmarks})
    across = (WIDTH - CONTENDER) // CELL
    for begin in range(0, len(sizes), across):
        shown = sizes[begin:begin + across]
        yield " " * CONTENDER + "".join(f"{size:>15,}{'':{CELL - 15}}" for size in shown).rstrip()
        for contender in contenders:
            row = "".join(f"{cells.get((contender, size), ''):{CELL}}" for size in shown)
            if row.strip():
                yield f"  {contender:{CONTENDER - 2}}{row}".rstrip()


def listing(benchmarks):
    """Those with several arguments: ours alone, one after the other."""
    label = max(len(each.size) for each in benchmarks)
    across = max(1, WIDTH // (label + 17))
    for begin in range(0, len(benchmarks), across):
        yield "".join(f"  {each.size:{label}} {timed(each)}" for each in benchmarks[begin:begin + across]).rstrip()


def tables(results):
    """The lines of all tables, a workload and case after the other."""
    for (workload, case), benchmarks in by_case(results):
        yield ""
        if any(isinstance(each.size, str) for each in benchmarks):
            yield f"{workload}/{case}"
            yield from listing(sorted(benchmarks, key=lambda each: str(each.size)))
            continue
        ours = {each.size: each.median_ns for each in benchmarks if each.contender == OURS}

        def cell(each, ours=ours):
            return f"{timed(each)} {to_ours(each, ours):>7}"

        yield f"{workload}/{case}: median, spread, ratio to ours"
        yield from blocks(benchmarks, cell)
        for counter in sorted({counter for each in benchmarks for counter in each.counters}):
            yield f"  {counter}"
            yield from blocks([each for each in benchmarks if counter in each.counters],
                              lambda each, counter=counter: f"{plain(statistics.median(each.counters[counter])):>15}")


def figure_lines(summary, workloads):
    """The figures with their targets, to be read in a terminal: those that the workloads of the run can give."""
    yield f"{'figure':19} {'value':>12}  {'from .. to':21} {'target':9} {'':8}"
    for line in summary["lines"]:
        state = {True: "met", False: "NOT MET", None: ""}[line["met"]]
        if line["value"] is None:
            if line["missing"].split("/")[0] not in workloads:
                continue
            head = f"{line['id']:19} {'':>12}  {'not measured':21} {'':9} {state:8}"
            what = f"there is no {line['missing']}"
        else:
            value = f"{plain(line['value'])} {line['unit']}"
            reach = f"{plain(line['low'])} .. {plain(line['high'])}"
            target = f"{line['relation']} {plain(line['target'])}" if line["relation"] else "-"
            head = f"{line['id']:19} {value:>12}  {reach:21} {target:9} {state:8}"
            what = line["what"]
        yield from textwrap.wrap(what, WIDTH, initial_indent=head + " ", subsequent_indent=" " * (len(head) + 1))
