#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Puts the figures, tables and machine of the last `make bench` into a page: bench_page.py [PAGE].

In the page, docs/performance.md if none is named, what stands between <!-- figures -->, <!-- machine --> or
<!-- tables --> and the next <!-- end --> is made anew from build/bench/results.json. The picture, build/bench/cost.svg,
is copied beside the page, under the page's name, and shown after the tables.
"""

import pathlib
import re
import shutil
import statistics
import sys

import bench_results
from bench_results import OURS
from bench_summary import by_case, contenders_of, duration, plain, summary_of, to_ours

PROJECT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "build/bench"
RELATIONS = {">=": "at least", "<=": "at most"}


def table(head, rows):
    """The first column is words, the others are numbers."""
    yield f"| {' | '.join(head)} |"
    yield "|---|" + "---:|" * (len(head) - 1)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def figure_row(line):
    what = f"{line['id']}: {line['what']}"
    target = f"{RELATIONS[line['relation']]} {plain(line['target'])}" if line["relation"] else ""
    if line["value"] is None:
        return what, "not measured", "", target, ""
    return (what, f"{plain(line['value'])} {line['unit']}", f"{plain(line['low'])} to {plain(line['high'])}", target,
            {True: "met", False: "not met", None: ""}[line["met"]])


def figures(results):
    yield from table(("figure", "value", "interval", "target", ""), map(figure_row, summary_of(results)["lines"]))


def timed(benchmark):
    return f"{duration(benchmark.median_ns)} ±{100 * benchmark.spread:.0f} %"


def counted(benchmark, counter):
    return plain(statistics.median(benchmark.counters[counter])) if counter in benchmark.counters else ""


def by_size(case, benchmarks):
    """A row for each contender, with its ratio to ours, and one for each thing that it has counted."""
    sizes = sorted({each.size for each in benchmarks})
    ours = {each.size: each.median_ns for each in benchmarks if each.contender == OURS}
    rows = []
    for contender in contenders_of(benchmarks):
        own = {each.size: each for each in benchmarks if each.contender == contender}
        rows.append([contender, *(", ".join(filter(None, (timed(own[size]), to_ours(own[size], ours))))
                                  if size in own else "" for size in sizes)])
        for counter in sorted({counter for each in own.values() for counter in each.counters}):
            rows.append([f"{contender}, {counter}", *(counted(own[size], counter) if size in own else ""
                                                      for size in sizes)])
    return table([case, *(f"{size:,}" for size in sizes)], rows)


def by_arguments(case, benchmarks):
    counters = sorted({counter for each in benchmarks for counter in each.counters})
    return table([case, "time", *counters],
                 ([str(each.size), timed(each), *(counted(each, counter) for counter in counters)]
                  for each in sorted(benchmarks, key=lambda each: str(each.size))))


def tables(results):
    last = None
    for (workload, case), benchmarks in by_case(results):
        if workload != last:
            yield from (f"### {workload}", "")
            last = workload
        has_words = any(isinstance(each.size, str) for each in benchmarks)
        yield from (by_arguments if has_words else by_size)(case, benchmarks)


def machine(results):
    for name, value in results.machine.items():
        if isinstance(value, dict):
            value = ", ".join(f"{part} {size}" for part, size in value.items())
        elif isinstance(value, list):
            value = "; ".join(value)
        if value:
            yield f"* {name.replace('_', ' ')}: {' '.join(str(value).split())}"
    yield from (f"* failed: {name}" for name in results.failed)
    yield ""


def renewed(text, results, picture):
    """The page's text with what the results say; Unusable if a mark is not there once."""
    parts = {"figures": figures(results), "machine": machine(results),
             "tables": [*tables(results), f"![Cost against size, a panel for each case]({picture})", ""]}
    for name, lines in parts.items():
        begin = f"<!-- {name} -->\n"
        found = re.findall(f"{begin}.*?<!-- end -->", text, re.DOTALL)
        if len(found) != 1:
            raise bench_results.Unusable(f"the page has {len(found)} places from {begin.strip()} to <!-- end -->, "
                                         "not 1")
        text = text.replace(found[0], begin + "\n" + "".join(f"{line}\n" for line in lines) + "<!-- end -->")
    return text


def main(page, folder=FOLDER):
    results, drawn, picture = folder / "results.json", folder / "cost.svg", page.with_suffix(".svg")
    text = renewed(page.read_text(encoding="utf-8"), bench_results.read(results), picture.name)
    if not drawn.is_file() or drawn.stat().st_mtime < results.stat().st_mtime:
        raise bench_results.Unusable(f"{drawn} was not drawn from {results}")
    page.write_text(text, encoding="utf-8")
    shutil.copyfile(drawn, picture)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    try:
        main(pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else PROJECT / "docs/performance.md")
    except (bench_results.Unusable, OSError) as error:
        sys.exit(str(error))
