#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The programs of examples/live as a person starts them: service nodes that are meshed, and clients that talk."""

import base64
import signal
import sqlite3
import subprocess
import time

from live.case import LiveTest, main
from live.message import make_message, shard_topic
from live.network import free_port
from live.own_programs import CLUSTER, LightClient, ServiceNode
from live.process import PATIENCE_SECONDS
from live.programs import need

LINES = 20


class Talk(LiveTest):

    def nodes(self):
        """Two that are meshed: each has stored what the other was given."""
        one = self.started(ServiceNode("one", self.folder))
        two = self.started(ServiceNode("two", self.folder, one))
        two.notice("peer_appeared")
        return one, two

    def client(self, name, *peers, **settings):
        return self.started(LightClient(name, self.folder, *peers, **settings))

    def check_talk(self, clients, said):
        """Everybody has all that the others said, once, and a good word for all of the own."""
        for client in clients:
            wanted = sorted(line for other in clients if other is not client for line in said[other.name])
            self.assertEqual(sorted(event["text"] for event in client.received(len(wanted))), wanted, client.name)
            verdicts = client.verdicts(len(said[client.name]))
            self.assertEqual([event["verdict"] for event in verdicts], ["confirmed"] * len(said[client.name]), verdicts)

    def test_two_clients_talk_over_two_nodes(self):
        one, two = self.nodes()
        clients = [self.client("left", one, two), self.client("right", two, one)]
        for client in clients:
            client.wait_until_subscribed(2)
        said = {client.name: [f"{client.name} {each} äöü €" for each in range(LINES)] for client in clients}
        for each in range(LINES):
            for client in clients:
                client.write(said[client.name][each])
        self.check_talk(clients, said)
        for client in clients:
            client.close_input()
            summary = client.summary()
            self.assertEqual(client.exit_code, 0)
            self.assertEqual({name: summary[name] for name in ("published", "confirmed", "received", "failed")},
                             {"published": LINES, "confirmed": LINES, "received": LINES, "failed": 0})

    def test_a_burst_of_lines_loses_nobody_a_subscription(self):
        one, two = self.nodes()
        receiver = self.client("receiver", one, two)
        receiver.wait_until_subscribed(2)
        sender = self.client("sender", one, two)
        lines = [f"line {each}" for each in range(300)]
        sender.write("\n".join(lines))
        sender.close_input()
        self.assertEqual(sender.summary()["confirmed"], len(lines))
        received = receiver.received(len(lines))
        self.assertEqual(sorted(event["text"] for event in received), sorted(lines))
        self.assertEqual({event["by"] for event in received}, {"filter"})

    def test_a_node_is_killed_and_comes_back_with_its_identity_and_its_store(self):
        one, two = self.nodes()
        clients = [self.client("left", one, two), self.client("right", two, one)]
        for client in clients:
            client.wait_until_subscribed(2)
        said = {client.name: [] for client in clients}

        def say(what):
            for client in clients:
                said[client.name].append(f"{client.name} {what}")
                client.write(said[client.name][-1])
        say("before")
        self.check_talk(clients, said)
        address, since = one.address, two.mark()
        one.kill()
        two.notice("peer_left", since)
        say("while one is gone")
        self.check_talk(clients, said)
        marks = [client.mark() for client in clients]
        one.start()
        self.assertEqual(one.address, address)
        self.assertGreaterEqual(one.started["held"], 1)
        for client, mark in zip(clients, marks):
            client.notice("peer_appeared", mark)
        two.kill()
        say("while two is gone")
        self.check_talk(clients, said)
        self.assertEqual(one.stop(), 0)
        self.assertEqual(len(one.all("summary")), 1)

    def test_a_client_that_relays_talks_with_one_that_does_not(self):
        one, two = self.nodes()
        clients = [self.client("light", one, two), self.client("relay", one, two, extra=["--relay"])]
        clients[0].wait_until_subscribed(2)
        clients[1].wait_for(lambda event: event["event"] == "status" and event["relay_peers"] >= 1)
        said = {client.name: [f"{client.name} {each}" for each in range(3)] for client in clients}
        for client in clients:
            for line in said[client.name]:
                client.write(line)
        self.check_talk(clients, said)

    def test_two_clients_talk_over_go_waku_and_a_node(self):
        go_waku = self.network().add("go_waku", "go_waku", serve=["relay", "filter", "lightpush"], cluster=CLUSTER,
                                     shards=list(range(8)))
        node = self.started(ServiceNode("node", self.folder, go_waku))
        node.notice("peer_appeared")
        clients = [self.client(name, go_waku, node) for name in ("left", "right")]
        for client in clients:
            client.wait_until_subscribed(2)
        said = {client.name: [f"{client.name} {each}" for each in range(3)] for client in clients}
        for client in clients:
            for line in said[client.name]:
                client.write(line)
        self.check_talk(clients, said)

    def test_a_node_refuses_a_lightpush_without_a_payload_and_passes_it_to_nobody(self):
        node = self.started(ServiceNode("node", self.folder))
        topic = shard_topic(0, CLUSTER)
        network = self.network()
        neighbour = network.add("neighbour", "probe", serve=["relay"], cluster=CLUSTER, shards=[0])
        client = network.add("client", "probe", cluster=CLUSTER, shards=[0])
        for driver in (neighbour, client):
            driver.ask("dial", address=node.address)

        def push(payload, version):
            return client.ask("lightpush", peer=node.peer, version=version, pubsub_topic=topic,
                              message=make_message("/test/1/chat/proto", payload))

        def push_taken(version):
            """Once the node has its neighbour on the topic."""
            until = time.monotonic() + PATIENCE_SECONDS
            while (answer := push(b"x", version))["status"] != 200:
                self.assertLess(time.monotonic(), until, answer)
                time.sleep(0.1)
            return neighbour.message("relay", answer["hash"])

        for version in (3, 2):
            push_taken(version)
            refused = push(b"", version)
            self.assertNotEqual(refused["status"], 200)
            self.assertIn("empty payload", refused["text"])
            push_taken(version)
            self.assertNotIn(refused["hash"], [event["hash"] for event in neighbour.messages("relay")])

    def test_lines_of_a_pipe_that_ends_all_have_their_verdicts_and_wrong_ones_are_named(self):
        one, two = self.nodes()
        client = self.client("client", one, two)
        long = "x" * 160_000
        client.write("first\n\nsecond")
        client.write(long)
        client.write_without_end("no end of line")
        summary = client.summary()
        self.assertEqual(client.exit_code, 1)
        self.assertEqual([(event["id"], event["text"]) for event in client.all("published")],
                         [(1, "first"), (3, "second"), (5, "no end of line")])
        self.assertEqual(sorted(event["id"] for event in client.all("verdict")), [1, 3, 5])
        self.assertEqual(summary["confirmed"], 3)
        self.assertEqual(summary["refused"], 1)
        self.assertEqual(client.notice("skipped")["id"], 2)
        refused = client.notice("refused")
        self.assertEqual((refused["id"], refused["text"]), (4, long))
        self.assertIn("larger than the network accepts", refused["sentence"])

    def test_bytes_that_are_no_text_are_told_as_bytes(self):
        one, two = self.nodes()
        receiver = self.client("receiver", one, two)
        receiver.wait_until_subscribed(2)
        said = b"\xff\xfe and text"
        ran = subprocess.run([need("light_client"), "--cluster", str(CLUSTER), "--peer", one.address,
                              "--peer", two.address], input=said + b"\n", capture_output=True,
                             timeout=2 * PATIENCE_SECONDS)
        self.assertEqual(ran.returncode, 0, ran)
        self.assertEqual(base64.b64decode(receiver.received(1)[0]["payload"]), said)

    def test_the_code_tells_that_the_output_could_not_be_written(self):
        node = self.started(ServiceNode("node", self.folder))
        with open("/dev/full", "w") as full:
            ran = subprocess.run([need("light_client"), "--cluster", str(CLUSTER), "--peer", node.address], text=True,
                                 stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE,
                                 timeout=2 * PATIENCE_SECONDS)
        self.assertEqual(ran.returncode, 1)
        self.assertIn("not all of the output could be written", ran.stderr)

    def test_programs_tell_what_they_have_when_they_are_asked(self):
        one, two = self.nodes()
        client = self.client("client", one, two)
        client.wait_until_subscribed(2)
        client.write("a line")
        client.verdicts(1)
        for told in (client.counts(), client.counts()):
            self.assertEqual({name: told[name] for name in ("connections", "lines", "pending", "waiting_messages")},
                             {"connections": 2, "lines": 0, "pending": 0, "waiting_messages": 0})
            self.assertGreater(told["host_memory_bytes"], 0)
        self.assertEqual({name: one.counts()[name] for name in ("connections", "held", "subscribers")},
                         {"connections": 2, "held": 1, "subscribers": 1})

    def test_a_store_keeps_as_many_messages_as_it_is_told(self):
        node = self.started(ServiceNode("node", self.folder, extra=["--store-messages", 3]))
        other = self.started(ServiceNode("other", self.folder, node))
        node.notice("peer_appeared")
        client = self.client("client", node, other)
        for each in range(5):
            client.write(f"line {each}")
            client.verdicts(each + 1)
        self.assertEqual([each.counts()["held"] for each in (node, other)], [3, 5])

    def test_a_signal_ends_it_with_a_verdict_for_each_and_a_summary(self):
        port = free_port()
        client = self.client("client", f"/ip4/127.0.0.1/tcp/{port}/p2p/{self.some_peer()}")
        client.write("to nobody")
        client.wait_for(lambda event: event["event"] == "published")
        client.send_signal(signal.SIGINT)
        summary = client.summary()
        self.assertEqual(client.exit_code, 1)
        self.assertEqual([event["verdict"] for event in client.all("verdict")], ["cancelled"])
        self.assertEqual(summary["cancelled"], 1)

    def test_a_person_reads_what_became_of_lines_that_nobody_takes(self):
        """And who is missing only once it is known, which it is when the first dial has failed."""
        port = free_port()
        person = subprocess.Popen(
            [need("light_client"), "--verbose", "--peer", f"/ip4/127.0.0.1/tcp/{port}/p2p/{self.some_peer()}"],
            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(person.communicate)
        self.addCleanup(person.kill)
        person.stdin.write("to nobody\nnor this\n")
        person.stdin.flush()
        told = []
        while not told or "are there: give further ones by --peer" not in told[-1]:
            told.append(person.stderr.readline())
            self.assertTrue(told[-1], told)
        self.assertEqual([line for line in told[:-1] if "give further" in line or "what is missing" in line], [])
        self.assertTrue([line for line in told[:-1] if "cannot be reached" in line], told)
        person.send_signal(signal.SIGINT)
        said, _ = person.communicate(timeout=PATIENCE_SECONDS)
        self.assertEqual(said.splitlines(), ["line 1: cancelled", "line 2: cancelled",
                                             "2 sent: 0 confirmed, 2 cancelled; 0 received"])
        self.assertEqual(person.returncode, 1)

    def some_peer(self):
        node = ServiceNode("gone", self.folder)
        node.start()
        node.stop()
        return node.started["peer"]

    def sentence(self, program, *arguments):
        """What it says at once about a command line that is wrong, and says nothing else; its code is 2."""
        ran = subprocess.run([need(program), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, timeout=PATIENCE_SECONDS)
        self.assertEqual((ran.returncode, ran.stdout), (2, ""), ran)
        self.assertNotIn("publishes to", ran.stderr)
        return ran.stderr

    def test_wrong_command_lines_are_answered_with_what_to_do(self):
        right = f"/ip4/127.0.0.1/tcp/{free_port()}/p2p/{self.some_peer()}"
        self.assertIn("--peer", self.sentence("light_client"))
        self.assertIn("give it with its peer id", self.sentence("light_client", "--peer", "/ip4/127.0.0.1/tcp/1"))
        self.assertIn("such as 0,3 or 0-7", self.sentence("light_client", "--peer", right, "--shards", "9000"))
        self.assertIn("name the shard by --shards",
                      self.sentence("light_client", "--peer", right, "--content-topic", "chat"))
        self.assertIn("65535", self.sentence("light_client", "--peer", right, "--cluster", "99999"))
        self.assertIn("--content-topic: it is empty",
                      self.sentence("light_client", "--peer", right, "--content-topic", ""))

    def test_addresses_that_are_none_are_told_before_anything_is_begun(self):
        peer = self.some_peer()
        for program in ("light_client", "service_node"):
            for address, said in (
                    ("", "--peer: '' is no address"), ("somewhere", "is no address of a peer"),
                    ("/ip4/127.0.0.999/tcp/1/p2p/" + peer, "is no address of a peer"),
                    ("/ip4/127.0.0.1/tcp/1/ws/p2p/" + peer, "is not of plain TCP"),
                    ("/ip4/127.0.0.1/udp/1/quic-v1/p2p/" + peer, "is not of plain TCP"),
                    ("/ip4/127.0.0.1/tcp/65536/p2p/" + peer, "is not of plain TCP"),
                    ("/ip4/127.0.0.1/tcp/1", "give it with its peer id"),
                    ("/ip4/127.0.0.1/tcp/1/p2p/" + peer[:-1], "has no peer id after /p2p/")):
                self.assertIn(said, self.sentence(program, "--peer", address))
            self.assertIn("has the id of this program itself",
                          self.sentence(program, "--key-file", self.folder / "gone.key", "--peer",
                                        "/ip4/127.0.0.1/tcp/1/p2p/" + peer))
        self.assertIn("--listen: 'nonsense' is no address to listen at: give one like",
                      self.sentence("service_node", "--listen", "nonsense"))

    def test_what_a_node_cannot_use_is_told_with_what_to_do(self):
        node = self.started(ServiceNode("node", self.folder))
        place, _, _ = node.address.partition("/p2p/")
        self.assertIn("another program has the port", self.sentence("service_node", "--listen", place))
        self.assertIn("this machine has no such address",
                      self.sentence("service_node", "--listen", "/ip4/192.0.2.1/tcp/1"))
        none = self.folder / "none" / "file"
        self.assertIn(f"{none} cannot be made, since its folder is not there",
                      self.sentence("service_node", "--key-file", none))
        garbage = self.folder / "garbage"
        garbage.write_bytes(b"no key, and no database either" * 100)
        garbage.chmod(0o600)
        self.assertIn("does not hold a key", self.sentence("service_node", "--key-file", garbage))
        other = self.folder / "other"
        with sqlite3.connect(other) as database:
            database.execute("CREATE TABLE message (id)")
        database.close()
        for store, said in ((none, "there is no folder"), (self.folder, "is a folder"), (garbage, "is no store"),
                            (other, "is no store"), (self.folder / "node.store", "another process has the store")):
            self.assertIn(said, self.sentence("service_node", "--store", store))

    def test_peers_that_cannot_be_used_are_told_with_what_to_do_and_tried_again(self):
        port, peer = free_port(), self.some_peer()
        client = self.client("unreachable", f"/ip4/127.0.0.1/tcp/{port}/p2p/{peer}")
        told = client.notice("unreachable")
        self.assertIn("check that the node runs", told["sentence"])
        node = self.started(ServiceNode("node", self.folder))
        other = self.client("other", node, cluster=CLUSTER + 1)
        told = other.notice("other_cluster")
        self.assertEqual(told["cluster"], CLUSTER)
        self.assertIn(f"start it with --cluster {CLUSTER}", told["sentence"])

    def test_a_peer_of_other_shards_is_told_with_both(self):
        node = self.started(ServiceNode("node", self.folder, extra=["--shards", "0,2-4"]))
        client = self.client("client", node, extra=["--shards", "5"])
        told = client.notice("other_shards")
        self.assertEqual((told["shards"], told["peer"]), ([0, 2, 3, 4], node.peer))
        self.assertIn("is of shards 0,2-4, and this program uses 5", told["sentence"])
        useful = self.client("useful", node, extra=["--shards", "4,5"])
        useful.wait_until_connected(1)
        useful.close_input()
        useful.summary()
        self.assertEqual(useful.exit_code, 0)
        self.assertNotIn("other_shards", [event["notice"] for event in useful.all("notice")])

    def test_a_peer_of_another_id_is_told_with_its_own(self):
        node, other = self.started(ServiceNode("node", self.folder)), self.some_peer()
        place, _, _ = node.address.partition("/p2p/")
        client = self.client("client", f"{place}/p2p/{other}")
        self.assertIn(f"(the node there is {node.peer}, not the one whose id you gave)",
                      client.notice("unreachable")["sentence"])


if __name__ == "__main__":
    main()
