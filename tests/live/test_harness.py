#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The harness itself, with drivers of a few lines and no network."""

import base64
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from unittest import mock

from live import case, faults, message, network, programs
from live.driver import Driver, Refused, Unsupported
from live.process import Ended, Process, TimedOut

HERE = pathlib.Path(__file__).resolve().parent

# Answers "echo", says "later" after the answer to "late", ends at "end", never answers "hang".
DRIVER = """
import json, sys
say = lambda event: print(json.dumps(event), flush=True)
print("no event", flush=True)
print("an error line", file=sys.stderr, flush=True)
settings = json.loads(sys.argv[1])
say({"event": "started", "peer": settings.get("key", "p"), "addresses": ["/ip4/127.0.0.1/tcp/9/p2p/p"]})
for line in sys.stdin:
    command = json.loads(line)
    done = {"event": "done", "id": command["id"], "ok": True}
    if command["do"] == "echo":
        say({**done, "text": command["text"]})
    elif command["do"] == "refuse":
        say({**done, "ok": False, "why": "it may not"})
    elif command["do"] == "hold":
        held = done
    elif command["do"] == "release":
        say({**done, "text": "second"})
        say({**held, "text": "first"})
    elif command["do"] == "late":
        say({"event": "message", "via": "relay", "pubsub_topic": "t", "hash": "0x1", "message": {}})
        say(done)
    elif command["do"] == "end":
        sys.exit(3)
    elif command["do"] != "hang":
        say({**done, "ok": False, "why": "unsupported"})
"""


def gone(pid):
    """Whether a process has ended, be it that nobody has fetched its exit code."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(condition):
    ends = time.monotonic() + 60
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def driver(folder, name="node", **settings):
    return Driver(name, [sys.executable, "-c", DRIVER], folder, settings)


class Drivers(case.LiveTest):
    def test_a_driver_says_who_it_is_and_answers(self):
        node = self.started(driver(self.folder, key="somebody"))
        self.assertEqual((node.peer, node.address), ("somebody", "/ip4/127.0.0.1/tcp/9/p2p/p"))
        self.assertEqual(node.ask("echo", text="Wärme")["text"], "Wärme")

    def test_an_answer_finds_its_command_in_any_order(self):
        node = self.started(driver(self.folder))
        first, second = node.begin("hold"), node.begin("release")
        self.assertEqual([each.result(60)["text"] for each in (first, second)], ["first", "second"])

    def test_no_is_told_from_cannot(self):
        node = self.started(driver(self.folder))
        with self.assertRaises(Refused) as refused:
            node.ask("refuse")
        self.assertEqual(refused.exception.why, "it may not")
        self.assertNotIsInstance(refused.exception, Unsupported)
        with self.assertRaises(Unsupported):
            node.ask("dance")

    def test_an_answer_is_not_waited_for_without_end(self):
        node = self.started(driver(self.folder))
        with self.assertRaises(TimedOut) as timed_out:
            node.ask("hang", limit=0.05)
        self.assertIn("an error line", str(timed_out.exception))

    def test_events_are_waited_for_from_a_place_on(self):
        node = self.started(driver(self.folder))
        start = node.mark()
        node.ask("late")
        self.assertEqual(node.message("relay", "0x1", since=start)["pubsub_topic"], "t")
        self.assertEqual(len(node.messages("relay", "t")), 1)
        self.assertEqual(node.messages("relay", "other") + node.messages("filter"), [])
        with self.assertRaises(TimedOut):
            node.message("relay", "0x1", limit=0.05, since=node.mark())

    def test_the_end_of_a_driver_ends_what_is_under_way_and_what_follows(self):
        node = self.started(driver(self.folder))
        waiting = node.begin("hang")
        node.write(json.dumps({"do": "end", "id": 0}))
        with self.assertRaises(Ended):
            waiting.result(60)
        self.assertEqual(node.wait(), 3)
        with self.assertRaises(Ended):
            node.ask("echo", text="x")
        with self.assertRaises(Ended) as ended:
            node.wait_for(lambda event: False)
        self.assertIn("exit code 3", str(ended.exception))

    def test_a_program_that_is_not_there_is_an_error_at_once(self):
        with self.assertRaises(FileNotFoundError):
            Process("nobody", [self.folder / "nobody"], self.folder).start()

    def test_a_driver_that_ends_at_its_start_is_told_with_its_last_words(self):
        node = Driver("node", [sys.executable, "-c", "import sys; sys.exit('cluster: no number')"], self.folder)
        with self.assertRaises(Ended) as ended:
            node.start()
        self.assertIn("cluster: no number", str(ended.exception))
        self.assertIn("exit code 1", str(ended.exception))


class Logs(case.LiveTest):
    def test_all_that_is_said_is_kept(self):
        node = self.started(driver(self.folder))
        node.ask("echo", text="kept")
        node.stop()
        self.assertEqual(sorted(node.log.read_text().splitlines()), ["an error line", "no event"])
        events = (self.folder / "node.events").read_text().splitlines()
        self.assertEqual([json.loads(line.split(" ", 1)[1])["event"] for line in events], ["started", "done"])
        self.assertIn('"kept"', (self.folder / "node.input").read_text())

    def run_test(self, body, environment=None):
        script = self.folder / "test_it.py"
        script.write_text(f"import sys\nsys.path.insert(0, {str(HERE)!r})\n" + textwrap.dedent(body))
        logs = self.folder / "logs"
        ended = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60,
                               env={**os.environ, "WAKU_LIVE_LOGS": str(logs), **(environment or {})})
        return ended.returncode, ended.stderr, [each.name for each in logs.iterdir()]

    BODY = """
    from live import case
    class It(case.LiveTest):
        def test_it(self):
            (self.folder / "x.log").write_text("x")
            with self.subTest("one"):
                self.assertTrue({})
    case.main()
    """

    def test_a_test_that_fails_keeps_its_folder_and_names_it(self):
        code, said, kept = self.run_test(self.BODY.format("False"))
        self.assertEqual((code, len(kept)), (1, 1), said)
        self.assertIn(kept[0], said)

    HASHES = """
    from live import case
    from live.hashes import ledger
    from live.message import make_message, message_hash
    class It(case.LiveTest):
        def test_it(self):
            message = make_message("/a/1/b/c")
            for each in {}:
                ledger.sent(message_hash(each, message))
            ledger.received("js", "somebody", "t", message, message_hash({}, message))
    case.{}()
    """

    def test_a_message_is_to_have_its_hash_and_the_one_that_it_was_sent_with(self):
        code, said, _ = self.run_test(self.HASHES.format("'t'", "'t'", "main"))
        self.assertEqual(code, 0, said)
        self.assertIn("1 messages were compared with the hash of their sender: 1 by js-waku", said)
        code, said, _ = self.run_test(self.HASHES.format("'t'", "'u'", "main"))
        self.assertEqual(code, 1, said)
        self.assertIn("and it is", said)
        code, said, _ = self.run_test(self.HASHES.format("'u'", "'t'", "main"))
        self.assertEqual(code, 1, said)
        self.assertIn("nobody told that it was sent", said)

    def test_hashes_of_tests_that_run_side_by_side_are_counted_together(self):
        more = self.HASHES.replace("\n    case.", "\n    class Other(It):\n        pass\n    case.")
        code, said, _ = self.run_test(more.format("'t'", "'t'", "main_side_by_side"))
        self.assertEqual(code, 0, said)
        self.assertIn("2 messages were compared with the hash of their sender: 2 by js-waku", said)

    def test_a_test_that_passes_leaves_nothing(self):
        code, said, kept = self.run_test(self.BODY.format("True"))
        self.assertEqual((code, kept), (0, []), said)

    def test_a_program_that_tells_of_a_defect_fails_its_test_though_nobody_asked(self):
        body = """
        from live import case
        from live.process import Process
        class It(case.LiveTest):
            def test_it(self):
                self.started(Process("node", ["sh", "-c", "echo {} >&2; cat"], self.folder))
        case.main()
        """
        code, said, kept = self.run_test(body.format("all is well"))
        self.assertEqual((code, kept), (0, []), said)
        code, said, kept = self.run_test(body.format("==1==ERROR: AddressSanitizer: heap-use-after-free on 0x1"))
        self.assertEqual((code, len(kept)), (1, 1), said)
        self.assertIn("node.log tells of a defect", said)
        self.assertIn("heap-use-after-free", said)

    def test_nothing_but_skips_is_told_to_ctest_and_is_a_failure_in_ci(self):
        body = """
        from live import case, programs
        class It(case.LiveTest):
            def test_it(self):
                programs.need("probe")
        case.main()
        """
        nothing = {"WAKU_LIVE_PROGRAMS": str(self.folder / "none.json"), "CI": "", "WAKU_LIVE_PROBE": ""}
        code, said, _ = self.run_test(body, nothing)
        self.assertEqual(code, case.SKIPPED, said)
        self.assertIn("make live", said)
        self.assertEqual(self.run_test(body, {**nothing, "CI": "true"})[0], 1)

    def test_tests_that_run_side_by_side_are_told_each_and_none_that_fails_is_overlooked(self):
        body = """
        from live import case
        class It(case.LiveTest):
            def test_good(self):
                pass
            def test_bad(self):
                self.fail("bad")
            def test_without(self):
                self.skipTest("no program")
        case.main_side_by_side()
        """
        code, said, kept = self.run_test(body)
        self.assertEqual((code, len(kept)), (1, 1), said)
        for told in ("3 tests\nfailed: It.test_bad\n", "AssertionError: bad", "no program", "test_good (__main__"):
            self.assertIn(told, said)
        code, said, _ = self.run_test(body.replace("self.fail", "print"))
        self.assertEqual(code, 0, said)


class Ends(case.LiveTest):
    def test_a_driver_ends_when_its_input_does(self):
        node = self.started(driver(self.folder))
        self.assertEqual(node.stop(), 0)
        self.assertFalse(node.running)

    def test_what_does_not_end_is_killed_with_all_that_it_started(self):
        script = "import subprocess, json; child = subprocess.Popen(['sleep', '1000']); " \
                 "print(json.dumps({'child': child.pid}), flush=True); child.wait()"
        process = self.started(Process("stubborn", [sys.executable, "-c", script], self.folder))
        child = process.wait_for(lambda event: "child" in event)["child"]
        self.assertEqual(process.stop(limit=0.05), -signal.SIGKILL)
        self.assertTrue(until(lambda: gone(child)))

    def end_of_parent(self, how):
        """What becomes of a driver that hears nothing, after its test ended in the given way."""
        script = textwrap.dedent(f"""
            import os, pathlib, signal, sys
            sys.path.insert(0, {str(HERE)!r})
            from live.process import Process
            process = Process("deaf", ["sleep", "1000"], pathlib.Path({str(self.folder)!r}))
            process.start()
            print(process.pid, flush=True)
            {how}
        """)
        ended = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               timeout=60)
        return until(lambda: gone(int(ended.stdout)))

    def test_programs_end_with_the_test_however_it_ends(self):
        for how in ("pass", "raise Exception", "os._exit(1)", "os.kill(os.getpid(), signal.SIGKILL)"):
            with self.subTest(how):
                self.assertTrue(self.end_of_parent(how))

    def test_a_program_outlives_the_thread_that_wanted_it(self):
        import threading
        node = driver(self.folder)
        thread = threading.Thread(target=node.start)
        thread.start()
        thread.join()
        self.addCleanup(node.stop)
        self.assertEqual(node.ask("echo", text="here")["text"], "here")


class Faults(case.LiveTest):
    def test_a_paused_driver_answers_when_it_goes_on(self):
        node = self.started(driver(self.folder))
        with faults.paused(node):
            answer = node.begin("echo", text="late")
            self.assertTrue(until(lambda: pathlib.Path(f"/proc/{node.pid}/stat").read_text().split()[2] == "T"))
            self.assertFalse(answer.done())
        self.assertEqual(answer.result(60)["text"], "late")

    def test_a_paused_driver_can_be_stopped(self):
        node = self.started(driver(self.folder))
        faults.pause(node)
        self.assertEqual(node.stop(), 0)

    def test_a_killed_driver_starts_anew_with_what_it_was_told(self):
        node = self.started(driver(self.folder, key="the same"))
        before = node.pid
        waiting = node.begin("hang")
        faults.restart(node)
        with self.assertRaises(Ended):
            waiting.result(60)
        self.assertNotEqual(node.pid, before)
        self.assertEqual(node.peer, "the same")
        self.assertEqual(node.ask("echo", text="again")["text"], "again")
        self.assertEqual(sum(event["event"] == "started" for event in node.events), 2)


class Places(case.LiveTest):
    def test_a_free_port_is_not_among_those_that_connections_get(self):
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as bounds:
            first_given = int(bounds.read().split()[0])
        port = network.free_port()
        self.assertLess(port, max(first_given, 10_100))
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))

    def test_programs_are_found_by_the_file_and_before_it_by_the_environment(self):
        written = self.folder / "programs.json"
        mine = self.folder / "mine"
        mine.write_text("")
        written.write_text(json.dumps({"probe": str(mine), "go_waku": str(self.folder / "unbuilt"),
                                       "missing": {"js": "Node.js 20 or newer was not found"}}))
        with mock.patch.dict(os.environ, {"WAKU_LIVE_PROGRAMS": str(written), "WAKU_LIVE_SERVICE_NODE": str(mine)}):
            self.assertEqual(programs.find("probe"), (mine, None))
            self.assertEqual(programs.find("service_node"), (mine, None))
            self.assertIn("is not built", programs.find("go_waku")[1])
            self.assertEqual(programs.find("js"), (None, "Node.js 20 or newer was not found"))
            self.assertIn("make live", programs.find("light_client")[1])

    def test_a_network_gives_nodes_addresses_that_last_and_ends_them(self):
        with mock.patch.object(network, "driver_command", return_value=[sys.executable, "-c", DRIVER]):
            with network.Network(self.folder) as made:
                server = made.add("server", "go_waku", serve=["relay"])
                client = made.add("client", "js")
                self.assertEqual(server.settings["serve"], ["relay"])
                self.assertRegex(server.settings["listen"], r"^/ip4/127\.0\.0\.1/tcp/\d+$")
                self.assertNotIn("listen", client.settings)
                with self.assertRaises(ValueError):
                    made.add("client", "js")
        self.assertFalse(server.running or client.running)


def vectors(name):
    return json.loads((HERE.parent / "vectors" / name).read_text(encoding="utf-8"))["vectors"]


def base64_of(hex_text):
    return base64.b64encode(bytes.fromhex(hex_text)).decode()


class Messages(unittest.TestCase):
    SENT = {"payload": "AQID", "content_topic": "/a/1/b/proto", "meta": "AQ==", "timestamp": "1681964442000000000"}

    def test_hashes_are_those_of_the_published_vectors(self):
        checked = 0
        for vector in vectors("message_hash.json"):
            if vector["timestamp_rule"] != "int64_be":
                continue
            repeated = vector.get("payload_repeat")
            payload = repeated["byte_hex"] * repeated["count"] if repeated else vector["payload_hex"]
            sent = {"payload": base64_of(payload), "content_topic": vector["content_topic"],
                    "meta": base64_of(vector["meta_hex"] or ""), "timestamp": vector["timestamp_ns"]}
            self.assertEqual(message.message_hash(vector["pubsub_topic"], sent), "0x" + vector["expected_hash_hex"])
            checked += 1
        self.assertGreater(checked, 2)

    def test_shards_are_those_of_the_published_vectors(self):
        for vector in vectors("autosharding.json"):
            with self.subTest(vector["content_topic"]):
                shard = message.auto_shard(vector["content_topic"], vector["shard_count"])
                self.assertEqual(message.shard_topic(shard, vector["cluster_id"]), vector["expected_pubsub_topic"])

    def test_times_grow_by_whole_milliseconds(self):
        times = [int(message.now_nanoseconds()) for _ in range(10)]
        self.assertEqual(sorted(set(times)), times)
        self.assertEqual([each % 1_000_000 for each in times], [0] * 10)

    def test_messages_are_the_same_whether_empty_fields_are_told_or_not(self):
        self.assertTrue(message.same_message(self.SENT, {**self.SENT, "ephemeral": False}))
        self.assertFalse(message.same_message(self.SENT, {**self.SENT, "ephemeral": True}))
        self.assertFalse(message.same_message(self.SENT, {**self.SENT, "payload": "AQ=="}))


if __name__ == "__main__":
    case.main()
