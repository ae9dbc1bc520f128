#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What tools/bench.py makes of measurements and what tools/bench_compare.py says of two runs, on made-up times."""

import argparse
import contextlib
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from tree import PROJECT

sys.path.insert(0, str(PROJECT / "tools"))

import bench
import bench_compare
import bench_page
import bench_results
import bench_summary

CPU = "A processor"
PEERS = [f"deadlines/{case}/{peer}/{size}" for case in ("arm_cancel", "restart", "fire")
         for peer in ("asio", "multimap", "priority_queue") for size in (1000, 100000)]
# Peers that hash and compare by the library's code.
BY_OUR_HASH = [f"seen_set/{case}/{peer}/{size}" for case in ("hit", "miss", "window")
               for peer in ("std", "boost", "absl", "hopscotch") for size in (1000, 100000)] + [
                   f"store_page/decode_compare/{peer}/100000" for peer in ("protobuf", "protobuf_reused")]
OURS = [f"seen_set/{case}/waku/{size}" for case in ("hit", "miss", "window") for size in (1000, 100000)]


def run_of(medians, noise=0.01, seed=1, between_runs=0.0, counters=(), machine=CPU, workloads=None):
    """Results with these medians, name -> ns: three rounds of three repetitions. They were asked for `workloads`, or
    else for those of the medians."""
    draw = random.Random(seed)
    results = bench_results.Results({"cpu": machine}, workloads or sorted({name.split("/")[0] for name in medians}))
    for name, median in medians.items():
        at = median * draw.lognormvariate(0, between_runs)
        for _ in range(3):
            times = [at * draw.lognormvariate(0, noise) for _ in range(3)]
            results.add(bench_results.benchmark_named(name, name.split("/")[0], True), times, {})
    for name, counter, value in counters:
        results.benchmarks[name].counters[counter] = [value] * 9
    return results


def all_at(median):
    return {name: median for name in PEERS + OURS}


def exactly(medians):
    return run_of(medians, noise=0)


def disturbed(medians):
    """Results whose rounds are slower and slower, all benchmarks alike."""
    results = exactly(medians)
    for each in results.benchmarks.values():
        each.times_ns = [[busy * time for time in times] for busy, times in zip((1, 1.5, 2), each.times_ns)]
    return results


def compare(base, new):
    """Exit code and all that is said."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / name for name in ("base.json", "new.json")]
        for path, told in zip(paths, (base, new)):
            if isinstance(told, str):
                path.write_text(told, encoding="utf-8")
            elif told is not None:
                told.write(path)
        run = subprocess.run([sys.executable, str(PROJECT / "tools/bench_compare.py"), *map(str, paths)],
                             capture_output=True, text=True)
        return run.returncode, run.stdout + run.stderr


def regressions(base, new):
    with contextlib.redirect_stdout(io.StringIO()):
        return bench_compare.tell(base, new)


class Measurements(unittest.TestCase):
    def test_the_repetitions_of_google_benchmark_are_taken_and_its_aggregates_are_not(self):
        repetition = {"name": "a/b/waku/1", "run_type": "iteration", "real_time": 2, "cpu_time": 1, "time_unit": "us",
                      "iterations": 7, "p50_ns": 3}
        mean = {**repetition, "run_type": "aggregate", "real_time": 99}
        told = list(bench.repetitions_of_google(json.dumps({"benchmarks": [repetition, mean]})))
        self.assertEqual(told, [("a/b/waku/1", 2000, 1000, {"p50_ns": 3})])

    def test_a_benchmark_with_an_error_is_a_failure(self):
        wrong = {"name": "a/b/waku/1", "run_type": "iteration", "error_occurred": True, "error_message": "no room"}
        with self.assertRaisesRegex(bench.Failure, "a/b/waku/1: no room"):
            list(bench.repetitions_of_google(json.dumps({"benchmarks": [wrong]})))

    def test_go_tells_its_name_by_capitals_and_its_threads_at_the_end(self):
        said = ("goos: linux\nBenchmarkSeenSet/hit/go_timecache/1000-2  \t 100\t  12.5 ns/op\t 99 held\n"
                "BenchmarkMessageHash/hash/go_waku/32 \t 7\t 1e+03 ns/op\nPASS\n")
        self.assertEqual(list(bench.repetitions_of_go(said)),
                         [("seen_set/hit/go_timecache/1000", 12.5, {"held": 99}),
                          ("message_hash/hash/go_waku/32", 1000, {})])

    def test_names_lose_what_google_benchmark_appends_and_programs_without_contenders_are_ours(self):
        named = bench_results.benchmark_named("seen_set/latency/boost/1000/iterations:9/repeats:3", "seen_set", True)
        self.assertEqual((named.name, named.size, named.is_ours), ("seen_set/latency/boost/1000", 1000, False))
        for name in ("pages/kind:0/depth:1", "archive/pages/kind:0/depth:1"):
            named = bench_results.benchmark_named(name, "archive", False)
            self.assertEqual((named.name, named.size, named.is_ours),
                             ("archive/pages/waku/kind:0/depth:1", "kind:0/depth:1", True))
        with self.assertRaisesRegex(bench_results.Unusable, "BM_hit/1000 is not named seen_set/<case>/"):
            bench_results.benchmark_named("BM_hit/1000", "seen_set", True)

    def test_the_spread_is_half_the_distance_of_the_quartiles(self):
        each = bench_results.benchmark_named("a/b/waku/1", "a", True)
        each.times_ns = [[90, 95, 100], [105, 140]]
        self.assertEqual((each.median_ns, each.spread), (100, 0.05))

    def test_the_interval_of_a_ratio_encloses_it_and_is_always_the_same(self):
        results = run_of({"a/b/std/1": 300, "a/b/waku/1": 100}, noise=0.05)
        for estimate in (bench_results.ratio_in_one_run, bench_results.ratio_of_two_runs):
            ratio = estimate(*results.benchmarks.values())
            self.assertTrue(2.6 < ratio.low < ratio.value < ratio.high < 3.4, ratio)
            self.assertEqual(ratio, estimate(*results.benchmarks.values()))

    def test_what_disturbs_a_round_disturbs_both_of_one_run_but_not_of_two(self):
        names = ("a/b/std/1", "a/b/waku/1")
        above, below = disturbed(dict(zip(names, (300, 100)))).benchmarks.values()
        ratio = bench_results.ratio_in_one_run(above, below)
        self.assertEqual((ratio.low, ratio.value, ratio.high), (3, 3, 3))
        ratio = bench_results.ratio_of_two_runs(above, below)
        self.assertTrue(ratio.low <= 2 and ratio.high >= 4, ratio)

    def test_a_file_holds_what_was_asked_for_and_what_failed(self):
        results = run_of({"a/b/waku/1": 1}, workloads=["a", "c"])
        results.failed["c"] = "it fell over"
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "results.json"
            results.write(path)
            told = bench_results.read(path)
        self.assertEqual((told.workloads, told.failed), (["a", "c"], {"c": "it fell over"}))
        self.assertEqual(told.benchmarks, results.benchmarks)


class Entrant:
    """Measures one benchmark, and fails in the round that is named."""

    def __init__(self, name, fails_in=None, has_contenders=True):
        self.name = name
        self.workloads = [name]
        self.has_contenders = has_contenders
        self.fails_in = fails_in
        self.asked = []

    def compare(self):
        return ""

    def measure(self, repetitions, _):
        self.asked.append(repetitions)
        if len(self.asked) == self.fails_in:
            raise bench.Failure("it fell over")
        return [(f"{self.name}/case/waku/1", 10.0, {"held": 5})] * repetitions


class Rounds(unittest.TestCase):
    def measured(self, *entrants):
        given = argparse.Namespace(rounds=3, repetitions=2, min_time=0.01)
        results = bench_results.Results({}, [entrant.name for entrant in entrants])
        with contextlib.redirect_stdout(io.StringIO()):
            return results.benchmarks, bench.measure_all(entrants, given, results)

    def test_each_round_is_kept_apart(self):
        benchmarks, failures = self.measured(Entrant("one"))
        self.assertEqual(failures, [])
        self.assertEqual(benchmarks["one/case/waku/1"].times_ns, [[10.0, 10.0]] * 3)
        self.assertEqual(benchmarks["one/case/waku/1"].counters, {"held": [5] * 6})

    def test_what_has_no_contenders_takes_all_repetitions_at_once(self):
        archive = Entrant("archive", has_contenders=False)
        benchmarks, _ = self.measured(archive, Entrant("one"))
        self.assertEqual(archive.asked, [6])
        self.assertEqual(benchmarks["archive/case/waku/waku/1"].times_ns, [[10.0] * 6])

    def test_nothing_is_kept_of_a_program_that_fails_in_a_later_round(self):
        benchmarks, failures = self.measured(Entrant("one"), Entrant("two", fails_in=2))
        self.assertEqual(failures, ["two: it fell over"])
        self.assertEqual(list(benchmarks), ["one/case/waku/1"])

    def results_of_a_run(self, workloads, *entrants):
        """What tools/bench.py leaves in results.json, which held another run."""
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as put, \
                contextlib.redirect_stdout(io.StringIO()):
            path = pathlib.Path(folder) / "results.json"
            run_of({"earlier/case/waku/1": 1}).write(path)
            for name, value in (("FOLDER", path.parent), ("build", lambda *_: (list(entrants), [])),
                                ("prepare_peers", lambda _: ([], [])), ("machine", lambda: {"cpu": CPU}),
                                ("draw_picture", lambda: "no picture"), ("workloads_there_are", lambda: workloads)):
                put.enter_context(mock.patch.object(bench, name, value))
            put.enter_context(mock.patch.object(sys, "argv", ["bench.py", "--workloads", ",".join(workloads)]))
            code = bench.main()
            return code, json.loads(path.read_text(encoding="utf-8"))

    def test_a_run_records_the_workloads_asked_for_and_the_programs_that_failed(self):
        code, told = self.results_of_a_run(["one", "two", "not_built"], Entrant("one"), Entrant("two", fails_in=3))
        self.assertEqual((code, told["workloads"], told["failed"]),
                         (1, ["one", "two", "not_built"], {"two": "it fell over"}))
        self.assertEqual([each["name"] for each in told["benchmarks"]], ["one/case/waku/1"])
        code, told = self.results_of_a_run(["one"], Entrant("one"))
        self.assertEqual((code, told["workloads"], told["failed"]), (0, ["one"], {}))

    def test_a_run_of_which_all_failed_leaves_no_earlier_run_behind(self):
        code, told = self.results_of_a_run(["one"], Entrant("one", fails_in=1))
        self.assertEqual((code, told["failed"], told["benchmarks"]), (1, {"one": "it fell over"}, []))


class Summary(unittest.TestCase):
    def line(self, identifier, medians, counters=(), noise=0):
        summary = bench_summary.summary_of(run_of(medians, noise=noise, counters=counters))
        return next(line for line in summary["lines"] if line["id"] == identifier)

    def test_each_figure_of_the_promise_has_its_line(self):
        lines = bench_summary.summary_of(bench_results.Results({}, []))["lines"]
        self.assertEqual([line["id"] for line in lines], (
            "1.boost 1.std 1.bytes 1.slots 1.p9999.waku 1.p9999.boost 1.p9999.empty_loop 1.xxh3 2.asio 2.asio.soon "
            "3.openssl.32 3.openssl.1024 3.js.32 3.js.1024 3.go.32 3.go.1024 4.protobuf 5.publish 5.allocations "
            "5.duplicate 6.growth 7.ground").split())
        for line in lines:
            self.assertEqual((line["value"], line["met"]), (None, None if line["target"] is None else False))
            self.assertTrue(line["missing"])

    def test_a_ratio_of_known_times(self):
        for std, met in ((299, False), (300, True), (900, True)):
            line = self.line("1.std", {"seen_set/window/std/100000": std, "seen_set/window/waku/100000": 100})
            self.assertEqual((line["value"], line["target"], line["relation"], line["met"]), (std / 100, 3, ">=", met))
            self.assertEqual((line["low"], line["high"]), (std / 100, std / 100))
        for ground, met in ((200, True), (201, False)):
            line = self.line("7.ground", {"seen_set/ground/waku/100000": ground, "seen_set/window/waku/100000": 100})
            self.assertEqual((line["value"], line["relation"], line["met"]), (ground / 100, "<=", met))

    def test_what_has_no_target_is_neither_met_nor_not(self):
        medians = {"deadlines/arm_cancel/asio/1000000": 900, "deadlines/arm_cancel/waku/1000000": 200}
        line = self.line("2.asio.soon", medians)
        self.assertEqual((line["value"], line["target"], line["relation"], line["met"]), (4.5, None, None, None))
        untargeted = [line for line in bench_summary.summary_of(exactly(medians))["lines"] if line["target"] is None]
        self.assertIn("3.go.32", [line["id"] for line in untargeted if line["value"] is None])
        said = "\n".join(bench_summary.figure_lines({"lines": untargeted}, ["deadlines", "message_hash", "seen_set"]))
        self.assertRegex(said, r"2\.asio\.soon +4\.50 x .* - ")
        self.assertRegex(said, r"3\.go\.32 +not measured +there is no message_hash/hash/go_waku/32")
        self.assertNotRegex(said, r"(?i)\bmet\b")

    def test_cancelling_at_once_is_a_figure_of_its_own(self):
        line = self.line("2.asio", {
            "deadlines/cancel_any/asio/1000000": 499, "deadlines/cancel_any/waku/1000000": 100,
            "deadlines/arm_cancel/asio/1000000": 900, "deadlines/arm_cancel/waku/1000000": 1})
        self.assertEqual((line["value"], line["target"], line["met"]), (4.99, 5, False))

    def test_a_round_that_disturbs_both_does_not_widen_their_ratio(self):
        medians = {"seen_set/window/std/100000": 400, "seen_set/window/waku/100000": 100}
        line = next(each for each in bench_summary.summary_of(disturbed(medians))["lines"] if each["id"] == "1.std")
        self.assertEqual((line["low"], line["value"], line["high"]), (4, 4, 4))

    def test_what_is_missing_is_named(self):
        line = self.line("1.std", {"seen_set/window/waku/100000": 100})
        self.assertEqual((line["value"], line["met"], line["missing"]), (None, False, "seen_set/window/std/100000"))
        line = self.line("1.bytes", {"seen_set/window/waku/100000": 100})
        self.assertEqual((line["met"], line["missing"]),
                         (False, "seen_set/window/waku/100000, counter bytes_per_entry"))

    def test_what_is_counted_has_to_hold_in_each_repetition(self):
        name = "engine/publish_confirm/waku/100000"
        line = self.line("5.allocations", {name: 100}, [(name, "allocations", 0)])
        self.assertEqual((line["value"], line["met"]), (0, True))
        results = exactly({name: 100})
        results.benchmarks[name].counters["allocations"] = [0] * 8 + [0.02]
        lines = {line["id"]: line for line in bench_summary.summary_of(results)["lines"]}
        self.assertEqual((lines["5.allocations"]["value"], lines["5.allocations"]["met"]), (0.02, False))

    def test_the_built_in_mix_beside_xxh3(self):
        names = ("seen_set/window/waku/100000", "seen_set/window/waku_xxhash/100000")
        for ours, words in ((112, "12% slower than XXH3"), (80, "20% faster than XXH3"), (100, "within the noise")):
            line = self.line("1.xxh3", dict(zip(names, (ours, 100))))
            self.assertTrue(line["what"].endswith(words) or words in line["what"], line["what"])
            self.assertIsNone(line["met"])

    def test_the_built_in_mix_is_as_fast_as_xxh3_only_if_the_interval_is_narrow(self):
        results = exactly({"seen_set/window/waku/100000": 100, "seen_set/window/waku_xxhash/100000": 100})
        for apart, words in ((0.04, "ours is within the noise of XXH3"), (0.06, "not decided in this run")):
            results.benchmarks["seen_set/window/waku/100000"].times_ns = [
                [100 * factor] * 3 for factor in (1 - apart, 1, 1 + apart)]
            line = next(each for each in bench_summary.summary_of(results)["lines"] if each["id"] == "1.xxh3")
            self.assertAlmostEqual((line["high"] - line["low"]) / 2, apart)
            self.assertTrue(line["what"].endswith("; " + words), line["what"])

    def test_the_tables_tell_median_and_ratio_ours_first_and_fit_a_terminal(self):
        results = exactly({"seen_set/hit/boost/1000": 250, "seen_set/hit/waku/1000": 100,
                           "seen_set/hit/waku/1000000": 2e6,
                           **{f"a/b/waku/{size}": 1 for size in range(1, 9)}})
        results.add(bench_results.benchmark_named("pages/kind:0/depth:1", "archive", False), [5e3], {})
        lines = list(bench_summary.tables(results))
        ours = next(number for number, line in enumerate(lines) if line.startswith("  waku ") and "100 ns" in line)
        self.assertIn("2.00 ms", lines[ours])
        self.assertRegex(lines[ours + 1], r"^  boost +250 ns ± 0% +2\.50x$")
        self.assertTrue(any("kind:0/depth:1 5.00 us" in line for line in lines), lines)
        self.assertEqual(sum(line.startswith("a/b") for line in lines), 1)
        self.assertLessEqual(max(map(len, lines)), 120)

    def test_the_figures_say_what_is_met_and_fit_a_terminal(self):
        results = exactly({"seen_set/window/std/100000": 299, "seen_set/window/boost/100000": 150,
                           "seen_set/window/waku/100000": 100})
        lines = list(bench_summary.figure_lines(bench_summary.summary_of(results), ["seen_set", "deadlines"]))
        self.assertRegex("\n".join(lines), r"1\.boost +1\.50 x .* met ")
        self.assertRegex("\n".join(lines), r"1\.std +2\.99 x .* NOT MET ")
        self.assertRegex("\n".join(lines), r"2\.asio +not measured +NOT MET +there is no deadlines/cancel_any/asio")
        self.assertNotIn("engine/", "\n".join(lines))
        self.assertLessEqual(max(map(len, lines)), 120)


class Page(unittest.TestCase):
    EMPTY = "Words.\n" + "".join(f"<!-- {name} -->\nnothing yet\n<!-- end -->\nMore words.\n"
                                for name in ("figures", "machine", "tables"))

    def results(self):
        window = "seen_set/window/waku/100000"
        results = exactly({window: 100, "seen_set/window/boost/100000": 150, "seen_set/window/std/100000": 299,
                           "seen_set/window/boost/1000": 50})
        results.add(bench_results.benchmark_named("pages/kind:0", "archive", False), [5e3, 5e3], {"bytes": [7, 7]})
        results.benchmarks[window].counters["bytes_per_entry"] = [49.1] * 9
        results.machine["left_out"] = ["js: npm was\nnot found"]
        return results

    def test_figures_tables_and_machine_take_their_places_and_words_stay(self):
        page = bench_page.renewed(self.EMPTY, self.results(), "page.svg")
        for row in ("1.boost: a sliding window of 100,000 hashes: boost::unordered_flat_set and a deque over ours | "
                    "1.50 x | 1.50 to 1.50 | at least 1 | met",
                    "1.std: the same: std::unordered_set and a deque over ours | 2.99 x | 2.99 to 2.99 | at least 3 | "
                    "not met",
                    "1.bytes: memory of a window of 100,000 hashes, per entry and in all | 49.1 B | 49.1 to 49.1 | "
                    "at most 50 | met",
                    "window | 1,000 | 100,000", "waku |  | 100 ns ±0 %", "waku, bytes_per_entry |  | 49.1",
                    "boost | 50.0 ns ±0 % | 150 ns ±0 %, 1.50x", "pages | time | bytes", "kind:0 | 5.00 us ±0 % | 7"):
            self.assertEqual(page.count(f"\n| {row} |\n"), 1, row + page)
        self.assertRegex(page, r"\n\| 4\.protobuf: [^|]+\| not measured \|  \| at least 3 \|  \|\n")
        self.assertLess(page.index("### archive"), page.index("### seen_set"))
        self.assertIn("\n* cpu: A processor\n* left out: js: npm was not found\n", page)
        self.assertEqual((page.count("ords.\n"), page.count("nothing yet")), (4, 0))
        self.assertEqual(bench_page.renewed(page, self.results(), "page.svg"), page)

    def test_a_place_that_is_not_there_once_is_told(self):
        for page, count in ((self.EMPTY.replace("<!-- machine -->", ""), 0), (2 * self.EMPTY, 2)):
            with self.assertRaisesRegex(bench_results.Unusable, f"has {count} places from <!-- "):
                bench_page.renewed(page, self.results(), "page.svg")

    def test_the_picture_comes_along_if_it_is_of_this_run(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            page = folder / "page.md"
            page.write_text(self.EMPTY, encoding="utf-8")
            self.results().write(folder / "results.json")
            with self.assertRaisesRegex(bench_results.Unusable, "cost.svg was not drawn"):
                bench_page.main(page, folder)
            (folder / "cost.svg").write_text("drawn", encoding="utf-8")
            written = (folder / "results.json").stat().st_mtime
            os.utime(folder / "cost.svg", (written - 1, written - 1))
            with self.assertRaisesRegex(bench_results.Unusable, "cost.svg was not drawn"):
                bench_page.main(page, folder)
            self.assertEqual(page.read_text(encoding="utf-8"), self.EMPTY)
            os.utime(folder / "cost.svg", (written, written))
            bench_page.main(page, folder)
            self.assertRegex(page.read_text(encoding="utf-8"), r"(?s)\| 1\.50 x \|.*\]\(page\.svg\)\n\n<!-- end -->")
            self.assertEqual((folder / "page.svg").read_text(encoding="utf-8"), "drawn")


class Comparison(unittest.TestCase):
    def test_a_run_compared_with_itself_has_no_regression(self):
        base = run_of(all_at(100))
        code, said = compare(base, base)
        self.assertEqual(code, 0, said)
        self.assertIn(f"{len(OURS)} compared, 0 not asked for, 0 gone, 0 added; 0 regressions", said)
        self.assertIn("nominal 95 %", said)

    def test_a_regression_is_found_and_named_and_an_improvement_too(self):
        new = {**all_at(100), OURS[0]: 130, OURS[1]: 50}
        code, said = compare(run_of(all_at(100), noise=0.02), run_of(new, noise=0.02, seed=2))
        self.assertEqual(code, 1, said)
        self.assertRegex(said, rf"{OURS[0]} +\d+ ns +1[23]\d ns .* REGRESSION")
        self.assertRegex(said, rf"{OURS[1]} .* improvement")
        self.assertIn("; 1 regressions", said)

    def test_noise_is_no_regression_and_hides_no_large_one(self):
        false_alarms = found = 0
        for seed in range(8):
            base = run_of(all_at(100), 0.03, seed=2 * seed, between_runs=0.03)
            same = run_of(all_at(100), 0.03, seed=2 * seed + 1, between_runs=0.03)
            false_alarms += regressions(base, same) > 0
            slower = run_of({**all_at(100), OURS[0]: 150}, 0.03, seed=2 * seed + 1, between_runs=0.03)
            found += regressions(base, slower) > 0
        self.assertLessEqual(false_alarms, 1)
        self.assertGreaterEqual(found, 7)

    def test_what_the_machine_has_become_slower_is_divided_out(self):
        base = run_of(all_at(100), noise=0.02)
        code, said = compare(base, run_of(all_at(140), noise=0.02, seed=2))
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"takes 1\.(39|40|41) times as long")
        self.assertEqual(regressions(base, run_of({**all_at(140), OURS[0]: 190}, noise=0.02, seed=2)), 1)
        # On a faster machine, what takes as long as before has become slower.
        self.assertEqual(regressions(base, run_of({**all_at(70), OURS[0]: 100}, noise=0.02, seed=2)), 1)

    def test_peers_that_become_slower_are_no_regression(self):
        medians = {**all_at(100), BY_OUR_HASH[0]: 100}
        for peer in (PEERS[0], BY_OUR_HASH[0]):
            self.assertEqual(regressions(run_of(medians), run_of({**medians, peer: 300}, seed=2)), 0)

    def test_peers_that_hash_by_our_code_tell_nothing_of_the_machine(self):
        by_our_hash = {name: 100 for name in BY_OUR_HASH}
        slower = {name: 130 for name in BY_OUR_HASH + OURS}
        code, said = compare(exactly({**all_at(100), **by_our_hash}), exactly({**all_at(100), **slower}))
        self.assertEqual(code, 1, said)
        self.assertIn(f"{len(PEERS)} benchmarks of peers run only their own code: by them the machine takes 1.00 "
                      "times as long", said)
        self.assertIn(f"; {len(OURS)} regressions", said)

    def test_each_peer_that_runs_only_its_own_code_tells_of_the_machine(self):
        for peer in ("message_hash/hash/openssl", "message_hash/hash/js_waku", "message_hash/hash/go_waku",
                     "seen_set/hit/go_timecache", "deadlines/fire/asio", "deadlines/fire/multimap",
                     "deadlines/fire/priority_queue", "seen_set/latency/empty_loop"):
            then, now = (exactly({OURS[0]: median, **{f"{peer}/{size}": median for size in range(1, 6)}})
                         for median in (100, 200))
            code, said = compare(then, now)
            self.assertEqual(code, 0, said)
            self.assertIn("5 benchmarks of peers run only their own code: by them the machine takes 2.00 times",
                          said)

    def test_one_wild_peer_does_not_move_all(self):
        code, said = compare(exactly(all_at(100)), exactly({**all_at(100), PEERS[0]: 1e6}))
        self.assertEqual(code, 0, said)
        self.assertIn("takes 1.00 times as long", said)
        self.assertRegex(said, rf"{OURS[0]} .* 1\.000  1\.000 \.\. 1\.000")

    def test_anything_counted_may_not_grow(self):
        counted = [(OURS[0], "bytes_per_entry", 49.1), (OURS[1], "allocations", 0.0)]
        base = run_of(all_at(100), counters=counted)
        self.assertEqual(regressions(base, run_of(all_at(100), counters=counted)), 0)
        for place, value in ((0, 49.4), (1, 0.001)):
            name, counter, _ = counted[place]
            code, said = compare(base, run_of(all_at(100), counters=[(name, counter, value)]))
            self.assertEqual(code, 1, said)
            self.assertRegex(said, rf"{name} {counter} .* REGRESSION")
        self.assertEqual(regressions(base, run_of(all_at(100), counters=[(OURS[0], "bytes_per_entry", 40.0)])), 0)

    def test_rounds_of_two_runs_have_nothing_to_do_with_each_other(self):
        code, said = compare(disturbed(all_at(100)), disturbed(all_at(140)))
        self.assertEqual(code, 0, said)
        self.assertRegex(said, rf"{OURS[0]} .* 1\.000  0\.[56]\d\d \.\. [12]\.")

    def test_what_is_new_is_listed(self):
        code, said = compare(run_of(all_at(100)), run_of({**all_at(100), "engine/new/waku/1": 5}))
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"engine/new/waku/1 +only in the new run")
        self.assertIn("0 gone, 1 added; 0 regressions", said)

    def test_what_is_gone_is_a_regression(self):
        without = {name: 100 for name in PEERS + OURS if name != OURS[2]}
        code, said = compare(run_of(all_at(100)), run_of(without))
        self.assertEqual(code, 1, said)
        self.assertRegex(said, rf"{OURS[2]} +REGRESSION: gone\n")
        self.assertIn(f"{len(OURS) - 1} compared, 0 not asked for, 1 gone, 0 added; 1 regressions", said)

    def test_what_a_failed_program_did_not_tell_is_a_regression_even_if_nothing_else_is_compared(self):
        for ours in ([], OURS):
            base = run_of({name: 100 for name in [*PEERS, *ours, "engine/case/waku/1"]})
            new = run_of({name: 100 for name in [*PEERS, *ours]}, workloads=["seen_set", "deadlines", "engine"])
            new.failed["engine"] = "it fell over"
            code, said = compare(base, new)
            self.assertEqual(code, 1, said)
            self.assertIn("engine failed in the new run", said)
            self.assertRegex(said, r"engine/case/waku/1 +REGRESSION: gone, its program failed in the new run")
            self.assertIn(f"{len(ours)} compared, 0 not asked for, 1 gone, 0 added; 1 regressions", said)

    def test_what_the_new_run_was_not_asked_for_may_lack(self):
        code, said = compare(run_of({**all_at(100), "engine/case/waku/1": 5}), run_of(all_at(100)))
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"engine/case/waku/1 +not asked for in the new run")
        self.assertIn(f"{len(OURS)} compared, 1 not asked for, 0 gone, 0 added; 0 regressions", said)

    def test_without_peers_it_says_that_the_drift_is_unknown(self):
        base, new = (run_of({name: 100 for name in OURS}, seed=seed) for seed in (1, 2))
        code, said = compare(base, new)
        self.assertEqual(code, 0, said)
        self.assertIn("Only 0 benchmarks of peers that run only their own code are in both runs", said)
        self.assertEqual(regressions(base, run_of({**{name: 100 for name in OURS}, OURS[0]: 130}, seed=2)), 1)

    def test_runs_of_different_machines_are_not_compared(self):
        code, said = compare(run_of(all_at(100)), run_of(all_at(100), machine="Another one"))
        self.assertEqual(code, 2)
        self.assertIn('are of different machines, "A processor" and "Another one"', said)

    def test_files_that_cannot_be_used_are_named(self):
        good = run_of(all_at(100))
        times = {"name": "a/b/waku/1", "workload": "a", "case": "b", "contender": "waku", "size": 1, "counters": {}}
        damaged = [{**times, "times_ns": wrong} for wrong in ([], [[0.0]], [["fast"]], 7)]
        for told, words in (
                (None, "cannot be read: No such file"), ("", "is not JSON"), ("[]", "was not written by"),
                ('{"benchmarks": [{"name": "BM_x"}]}', "was not written by"),
                (json.dumps({"format": bench_results.FORMAT, "machine": {}, "benchmarks": []}), "is damaged"),
                *((json.dumps({"format": bench_results.FORMAT, "machine": {}, "workloads": [], "failed": {},
                               "benchmarks": benchmarks}), words)
                  for benchmarks, words in (([], "holds no benchmark"), ([{}], "is damaged"), (7, "is damaged"),
                                            *(([each], "is damaged") for each in damaged)))):
            for files, name in (((told, good), "base.json"), ((good, told), "new.json")):
                code, said = compare(*files)
                self.assertEqual(code, 2, said)
                self.assertRegex(said, rf"^\S+/{name} {words}")
                self.assertEqual(len(said.splitlines()), 1, said)

    def test_runs_that_share_no_benchmark_of_ours_are_not_compared(self):
        code, said = compare(run_of({"a/b/waku/1": 1}), run_of({"c/b/waku/1": 1}))
        self.assertEqual((code, said), (2, "no benchmark of ours is in both runs: there is nothing to compare\n"))


if __name__ == "__main__":
    unittest.main()
