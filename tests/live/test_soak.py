#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The soak of `make soak`, for half a minute, and that it finds what it is there to find."""

import collections
import json
import pathlib
import random
import socket
import stat
import sys
import unittest

import soak
from live import growth
from live.case import LiveTest, main
from live.ledger import KEPT_SECONDS, LATEST_SECONDS, SETTLED_SECONDS, Ledger, number_of, text_of
from live.own_programs import ServiceNode
from live.process import Process
from live.programs import need

LIMIT_SECONDS = 900  # It waits for much itself, and says for what.
HERE = pathlib.Path(__file__).resolve().parent
NODES = ("steady", ["a", "b", "c"], "guest")

# Stands before the light client. The verdict of line 3 names another message, and line 5 is shown twice.
LIAR = """#!{python}
import json, os, signal, subprocess, sys
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
client = subprocess.Popen([{client!r}, *sys.argv[1:]], stdout=subprocess.PIPE)
for line in client.stdout:
    event = json.loads(line)
    if event["event"] == "verdict" and event["id"] == 3:
        event["hash"] = "0x" + "00" * 32
    for _ in range(2 if event["event"] == "received" and event["text"].startswith("0000005 ") else 1):
        print(json.dumps(event), flush=True)
"""


class Soak(LiveTest):

    def ran(self, *arguments, **environment):
        need("go_waku", "service_node", "light_client", "fault_proxy")
        ran = self.started(Process("soak", [sys.executable, HERE / "soak.py", "--results", self.folder, *arguments],
                                   self.folder, environment))
        code = ran.wait(LIMIT_SECONDS)
        said = ran.log.read_text()
        self.assertTrue((self.folder / "soak.json").exists(), said)
        return code, said, json.loads((self.folder / "soak.json").read_text())

    def test_nothing_is_wrong_lost_shown_twice_or_leaked_amid_faults(self):
        code, said, summary = self.ran("--seconds", 25, "--rate", 5, "--seed", 31)
        self.assertEqual(code, 0, said)
        self.assertEqual({key: summary[key] for key in ("messages", "wrong_verdicts", "duplicates_shown", "lost",
                                                        "leaks", "faults", "seed", "memory_is_judged")},
                         {"messages": 125, "wrong_verdicts": 0, "duplicates_shown": 0, "lost": 0, "leaks": [],
                          "faults": {"cut off": 1, "killed": 2}, "seed": 31, "memory_is_judged": False})
        self.assertEqual(sum(summary["verdicts"].values()), 125)
        self.assertEqual(sorted(summary["samples"]), ["receiver", "sender", "steady"])
        self.assertIn("All is well", said)

    def test_a_client_that_lies_is_found_out(self):
        liar = self.folder / "liar"
        liar.write_text(LIAR.format(python=sys.executable, client=str(need("light_client"))))
        liar.chmod(stat.S_IRWXU)
        code, said, summary = self.ran("--seconds", 3, "--rate", 5, "--seed", 20, WAKU_LIVE_LIGHT_CLIENT=str(liar))
        self.assertEqual(code, 1, said)
        self.assertEqual({key: summary[key] for key in ("wrong_verdicts", "lost", "faults")},
                         {"wrong_verdicts": 1, "lost": 0, "faults": {}})
        self.assertGreaterEqual(summary["duplicates_shown"], 1)  # The guest is lied to as well.
        self.assertIn("line 3 is confirmed, and no store holds it", said)
        self.assertIn("It is not well", said)

    def test_descriptors_that_stay_open_are_found(self):
        node = self.started(ServiceNode("node", self.folder))
        before = growth.taken(node)
        self.assertEqual(growth.leaks("node", before, growth.taken(node), {}, 0), [])
        port = int(node.address.split("/")[4])
        with socket.create_connection(("127.0.0.1", port)) as one, socket.create_connection(("127.0.0.1", port)):
            one.recv(1)  # It speaks, so it has accepted.
            found = growth.leaks("node", before, growth.taken(node), {}, 0)
        self.assertEqual(len(found), 1, found)
        self.assertIn("descriptors at the end", found[0])


class Planned(unittest.TestCase):

    def test_faults_of_a_node_do_not_meet_and_at_most_two_suffer(self):
        kinds = collections.Counter()
        for seed in range(20):
            lanes = soak.planned_faults(random.Random(seed), 3600, *NODES)
            for each in lanes:
                for one, other in zip(each, each[1:]):
                    self.assertLess(one.at + one.seconds, other.at)
            of_nodes = lanes[0] + lanes[1]
            for one in of_nodes:
                met = [other for other in of_nodes if other.at < one.at < other.at + other.seconds]
                self.assertLessEqual(len(met), 1)
                self.assertNotIn(one.node, [other.node for other in met])
            for fault in (fault for lane in lanes for fault in lane):
                kinds[fault.kind] += 1
                self.assertNotIn((fault.kind, fault.node), [("killed", "steady"), ("stopped", "steady")])
                self.assertTrue(108 <= fault.at <= 3492 - fault.seconds, fault)
                low, high = soak.LASTS[fault.kind]
                self.assertTrue(low <= fault.seconds <= high, fault)
            self.assertEqual({fault.node for fault in lanes[2]}, {"guest"})
        self.assertEqual(set(kinds), set(soak.LASTS))

    def test_they_are_those_of_the_seed(self):
        def planned(seed):
            return soak.planned_faults(random.Random(seed), 600, *NODES)
        self.assertEqual(planned(7), planned(7))
        self.assertNotEqual(planned(7), planned(8))


class Judging(unittest.TestCase):
    """What is wrong must be found, at once or at the end, and what is right be forgotten."""

    def setUp(self):
        self.ledger = Ledger("receiver", "guest")

    def say(self, *numbers, now=0.0):
        for number in numbers:
            self.ledger.hear("sender", {"event": "published", "id": number + 1, "text": text_of(number)}, now)

    def verdict(self, number, verdict="confirmed", now=1.0, **fields):
        self.ledger.hear("sender", {"event": "verdict", "id": number + 1, "verdict": verdict,
                                    "hash": f"0x{number}", **fields}, now)

    def show(self, *numbers, to="receiver", now=1.0):
        for number in numbers:
            self.ledger.hear(to, {"event": "received", "hash": f"0x{number}", "by": "filter",
                                  "text": text_of(number)}, now)

    def store(self, *numbers, now=1.0):
        self.ledger.find_stored({f"0x{number}": text_of(number) for number in numbers}, now)

    def judged(self, now=None):
        if now is None:
            self.ledger.judge(1e9, all_of_it=True)
        else:
            self.ledger.judge(now)
        return self.ledger.wrong

    def test_a_text_is_a_line_only_if_all_of_it_is(self):
        self.assertEqual(number_of(text_of(12345)), 12345)
        for text in ("", "12345", text_of(12345) + "x", text_of(12345)[:-1], "x" + text_of(12345)[1:]):
            self.assertIsNone(number_of(text))

    def test_what_is_right_is_no_more_than_counted(self):
        self.say(0, 1, 2)
        self.verdict(0, transmissions=2)
        self.verdict(1, "unconfirmed")
        self.verdict(2, "failed")
        self.store(0)
        self.show(0)
        self.assertEqual(self.judged(), [])
        self.assertEqual((self.ledger.wrong_count, self.ledger.duplicates, self.ledger.lost("receiver")), (0, 0, []))
        self.assertEqual((dict(self.ledger.verdicts), self.ledger.sent_again),
                         ({"confirmed": 1, "unconfirmed": 1, "failed": 1}, 1))

    def test_a_confirmed_line_that_no_store_holds_is_found_once_all_had_time_to_be_read(self):
        self.say(0, 1)
        self.verdict(0)
        self.verdict(1)
        self.store(1)
        self.assertEqual(self.judged(SETTLED_SECONDS + 1), [])
        self.assertEqual(self.judged(LATEST_SECONDS + 1), ["line 1 is confirmed, and no store holds it"])
        self.assertEqual(len(self.judged()), 1)

    def test_a_failed_line_that_has_arrived_is_found(self):
        self.say(0, 1)
        self.verdict(0, "failed")
        self.verdict(1, "failed")
        self.store(0, now=60)
        self.show(1, now=60)
        self.assertEqual(len(self.judged(SETTLED_SECONDS + 1)), 2)

    def test_a_line_without_a_verdict_is_found_and_one_with_two(self):
        self.say(0, 1)
        self.verdict(1)
        self.store(1)
        self.assertEqual(self.judged(LATEST_SECONDS - 1), [])
        self.assertEqual(self.judged(LATEST_SECONDS + 1), ["line 1 has 0 verdicts"])
        self.verdict(1, now=LATEST_SECONDS)
        self.assertEqual(len(self.judged()), 2)
        self.assertEqual(self.ledger.wrong_count, 2)

    def test_a_line_that_is_lost_is_found_whoever_says_that_it_arrived(self):
        self.say(0, 1, 2, 3)
        self.verdict(0)
        self.store(2)
        self.show(3)
        self.assertEqual(self.ledger.lost("receiver"), [0, 2])
        self.show(0, 2)
        self.assertEqual(self.ledger.lost("receiver"), [])

    def test_a_line_that_is_shown_twice_is_found_however_late(self):
        self.say(0)
        self.show(0)
        self.judged()
        self.show(0, now=1e10)
        self.assertEqual((self.ledger.duplicates, self.ledger.twice("receiver")), (1, [0]))

    def test_a_guest_that_begins_anew_may_be_shown_what_it_was_shown_before(self):
        self.say(0)
        self.show(0, to="guest")
        self.ledger.begin_anew("guest")
        self.show(0, to="guest")
        self.assertEqual(self.ledger.duplicates, 0)
        self.show(0, to="guest")
        self.assertEqual(self.ledger.duplicates, 1)

    def test_what_nobody_sent_is_found_where_it_is_shown_and_where_it_is_stored(self):
        self.ledger.hear("receiver", {"event": "received", "hash": "0x0", "by": "filter", "text": "hello"}, 0)
        self.ledger.find_stored({"0x0": "hello"}, 0)
        self.assertEqual(len(self.judged()), 2)

    def test_it_remembers_minutes_only(self):
        most = 0
        for second in range(4 * round(KEPT_SECONDS)):
            self.say(second, now=second)
            self.verdict(second, now=second + 1)
            self.store(second, now=second + 1)
            self.show(second, now=second + 1)
            if second % 20 == 0:
                self.judged(second)
            most = max(most, self.ledger.remembered)
        self.assertEqual(self.ledger.wrong, [])
        self.assertLess(most, 2 * (KEPT_SECONDS + 30) + 2 * (SETTLED_SECONDS + 30))


class Growth(unittest.TestCase):

    def samples(self, seconds, kilobytes):
        return [{"at": at, **{key: kilobytes(at) for key in growth.GROWTH_MAX}} for at in range(0, seconds, 15)]

    def leaks(self, seconds, kilobytes):
        rest = {"goroutines": 9, **dict.fromkeys(growth.COUNTED, 3)}
        return growth.leaks("it", rest, rest, growth.memory(self.samples(seconds, kilobytes), seconds), seconds)

    def test_what_is_flat_after_the_warm_up_is_no_leak(self):
        self.assertEqual(self.leaks(3600, lambda at: 50_000), [])
        self.assertEqual(self.leaks(3600, lambda at: min(50 * at, 50_000)), [])
        self.assertEqual(self.leaks(3600, lambda at: 50_000 + 20_000 * (at % 600 == 0)), [])

    def test_a_leak_is_found_in_each_kind_of_memory(self):
        for key, most in growth.GROWTH_MAX.items():
            samples = self.samples(3600, lambda at: 50_000)
            for each in samples:
                each[key] += 3 * most * each["at"] / 3600
            told = growth.memory(samples, 3600)
            self.assertEqual([name for name in told if not told[name]["flat"]], [key])
            self.assertEqual(told[key]["per_hour"], 3 * most)
            self.assertEqual(told[key]["at_the_end"] - told[key]["after_warm_up"], round(1.8 * most, -1))

    def test_a_short_run_says_nothing_of_memory(self):
        self.assertEqual(len(self.leaks(900, lambda at: 100 * at)), 3)
        self.assertEqual(self.leaks(890, lambda at: 100 * at), [])
        self.assertEqual(growth.memory([], 3600), {})

    def test_what_is_more_at_the_end_is_a_leak_and_what_is_less_is_none(self):
        before = {"goroutines": 9, **dict.fromkeys(growth.COUNTED, 3)}
        for key in growth.COUNTED:
            self.assertEqual(len(growth.leaks("it", before, {**before, key: 4}, {}, 0)), 1)
            self.assertEqual(growth.leaks("it", before, {**before, key: 2}, {}, 0), [])
        self.assertEqual(growth.leaks("it", before, {**before, "goroutines": 9 + growth.GOROUTINES_MORE}, {}, 0), [])
        self.assertEqual(
            len(growth.leaks("it", before, {**before, "goroutines": 10 + growth.GOROUTINES_MORE}, {}, 0)), 1)

    def test_a_summary_with_anything_wrong_is_not_well(self):
        well = {"messages": 5, "verdicts": {"confirmed": 5}, "wrong_verdicts": 0, "duplicates_shown": 0, "lost": 0,
                "leaks": []}
        self.assertTrue(soak.is_well(well))
        for wrong in ({"verdicts": {"confirmed": 4}}, {"wrong_verdicts": 1}, {"duplicates_shown": 1}, {"lost": 1},
                      {"leaks": ["it grows"]}):
            self.assertFalse(soak.is_well({**well, **wrong}), wrong)


if __name__ == "__main__":
    main()
