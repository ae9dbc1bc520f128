#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""docs/guide/use-the-real-network.md says of the interop matrix what tests/live/test_matrix.py knows, of bytes
what docs/data/traffic holds, and the programs say what the page quotes."""

import json
import re
import sys
import unittest

from tree import PROJECT

sys.path.insert(0, str(PROJECT / "tests" / "live"))
import test_matrix as matrix  # noqa: E402
import traffic  # noqa: E402

PAGE = (PROJECT / "docs" / "guide" / "use-the-real-network.md").read_text(encoding="utf-8")
SIDES = {"our client": "probe", "js-waku": "js", "go-waku": "go_waku", "our node": "service_node"}
# The tables by their first heads: the clients of each, and the pair that the head of a column names.
TABLES = {"operation": (matrix.REQUESTING, lambda cell: tuple(SIDES[side] for side in cell.split(", "))),
          "the light client's": (("light_client",), lambda cell: ("light_client", SIDES[cell]))}
YES = "yes"


def table(page, first_heads):
    """The rows of the table whose first row begins so, each a list of cells; the first row is the first."""
    lines = page.split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_heads} |"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return [rows[0], *rows[2:]]


def row_of(operation, names):
    """An operation belongs to the longest name that it begins with."""
    return max((name for name in names if operation.startswith(name)), key=len, default=None)


def differences(page):
    """What the page's tables say of the matrix and is not so, a line each."""
    reasons = dict(row for row in table(page, "| reason")[1:])
    tables = {name: table(page, name) for name in TABLES}
    used = {cell for rows in tables.values() for row in rows[1:] for cell in row[1:]}
    yield from (f"no cell has the reason {letter}" for letter in reasons if letter not in used)
    for name, rows in tables.items():
        yield from differences_of(rows, reasons, *TABLES[name])


def differences_of(rows, reasons, clients, pair_of):
    head, *rows = rows
    pairs = [pair_of(cell) for cell in head[1:]]
    if set(pairs) != {(client, server) for client in clients for server in matrix.SERVERS}:
        yield "the columns are not the pairs of the matrix"
    cells = {row[0]: dict(zip(pairs, row[1:])) for row in rows}
    belong = {operation: row_of(operation, cells) for operation in matrix.operations_of(clients[0])}
    yield from (f"{name} is no operation" for name in cells if name not in belong.values())
    for operation, name in belong.items():
        if name is None:
            yield f"{operation} has no row"
            continue
        for (client, server), cell in cells[name].items():
            not_possible = matrix.cannot(client, server, operation)
            is_so = not_possible[0] if not_possible else YES
            said = reasons.get(cell, cell)
            if said != is_so:
                yield f"{client}/{server}/{operation}: {said}; it is: {is_so}"


def spoken():
    """All texts of the programs, with those that are in pieces put together."""
    files = [path for path in sorted((PROJECT / "examples" / "live").rglob("*"))
             if path.suffix in (".hpp", ".cpp", ".go") and not path.name.endswith("_test.go")]
    return "\n".join(re.sub(r'"\s*\n\s*"', "", path.read_text(encoding="utf-8")) for path in files)


class InteropTable(unittest.TestCase):
    def test_it_says_what_the_matrix_knows(self):
        self.assertEqual(list(differences(PAGE)), [])

    def finds(self, old, new, words):
        self.assertIn(old, PAGE)
        self.assertIn(words, "\n".join(differences(PAGE.replace(old, new, 1))))

    def test_a_wrong_cell_is_found(self):
        row = next(line for line in PAGE.split("\n") if line.startswith("| lightpush v2 |"))
        self.finds(row, row.replace("yes", "a", 1), "lightpush v2, 149 kB: go-waku serves no lightpush v3; it is: yes")

    def test_a_wrong_cell_of_the_light_client_is_found(self):
        self.finds("| lightpush v2 instead | j | yes |", "| lightpush v2 instead | yes | yes |",
                   "light_client/service_node/lightpush v2 instead: yes; it is: the light client asks by v3")

    def test_a_wrong_reason_is_found(self):
        self.finds("| go-waku serves no store v3 |", "| go-waku has no store v3 |", "it is: go-waku serves no store v3")

    def test_rows_that_are_too_few_or_too_many_are_found(self):
        row = next(line + "\n" for line in PAGE.split("\n") if line.startswith("| hash |"))
        self.finds(row, "", "hash has no row")
        self.finds(row, row + row.replace("hash", "dance"), "dance is no operation")

    def test_a_reason_without_a_cell_is_found(self):
        row = next(line + "\n" for line in PAGE.split("\n") if line.startswith("| a | "))
        self.finds(row, row + "| z | it is late |\n", "no cell has the reason z")


class TrafficTable(unittest.TestCase):
    def setUp(self):
        folder = PROJECT / "docs" / "data" / "traffic"
        self.told = [json.loads((folder / (traffic.Plan(**plan).name + ".json")).read_text(encoding="utf-8"))
                     for plan in traffic.REFERENCE]

    def test_it_says_what_the_data_hold(self):
        self.assertEqual(table(PAGE, " | ".join(traffic.HEADS)), [traffic.HEADS, *map(traffic.row, self.told)])

    def test_each_run_was_a_whole_one_in_which_the_nodes_had_time(self):
        for told in self.told:
            self.assertGreaterEqual(round(told["seconds"]), told["plan"]["seconds"])
            self.assertEqual((told["plan"]["seconds"], told["messages"]["lost"]), (300, 0))
            self.assertEqual(told["mesh"]["peers"], {name: told["plan"]["degree"] for name in ("least", "most")})
            # Far within a heartbeat, whatever else the machine had to do.
            self.assertLess(told["messages"]["latency_ms"]["p99"], 100)


class Sentences(unittest.TestCase):
    def test_the_programs_say_what_the_page_quotes(self):
        quoted = [words for row in table(PAGE, "it says | what to do")[1:] for words in row[0].strip("`").split("`, `")]
        self.assertGreater(len(quoted), 5)
        said = spoken()
        self.assertEqual([each for each in quoted if each not in said], [])


if __name__ == "__main__":
    unittest.main()
