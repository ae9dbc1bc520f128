# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What all cells of the interop matrix stand on: a network with static shards or autosharding, a service node, and a
relay node beside it that sees what the service node relays."""

import unittest

from .message import auto_shard, make_message, message_hash, shard_topic


class Shards:
    """How content topics belong to pubsub topics in the network of a cell."""

    def __init__(self, name, cluster, shards, shards_in_cluster):
        self.name = name
        self.settings = {"cluster": cluster, "shards": shards, "shards_in_cluster": shards_in_cluster}

    @property
    def cluster(self):
        return self.settings["cluster"]

    @property
    def shards_in_cluster(self):
        return self.settings["shards_in_cluster"]

    def of_cluster(self, cluster):
        return Shards(self.name, **{**self.settings, "cluster": cluster})

    def shard(self, content_topic):
        """Static shards are chosen by who uses them: here by the application's last letter."""
        if self.shards_in_cluster:
            return auto_shard(content_topic, self.shards_in_cluster)
        return "ab".index(content_topic.split("/")[1][-1])

    def topic(self, content_topic):
        return shard_topic(self.shard(content_topic), self.cluster)

    def fields(self, content_topic):
        """What a command says of the pubsub topic: with autosharding the client finds it itself."""
        return {} if self.shards_in_cluster else {"pubsub_topic": self.topic(content_topic)}


# go-waku knows autosharding in one network only, cluster 1 with 8 shards.
STATIC = Shards("static", 16, [0, 1], 0)
AUTO = Shards("auto", 1, list(range(8)), 8)
APPLICATIONS = ("live-a", "live-b")  # Of different shards with autosharding too.


class Cell(unittest.TestCase):
    """One client, of which the name is known here, at one server."""

    def __init__(self, network, shards, client_name, server):
        super().__init__()
        self.network, self.shards, self.client_name, self.server = network, shards, client_name, server
        self.witness = network["witness"]
        self.asked = 0

    def content_topic(self, application=APPLICATIONS[0]):
        """One that nobody else has used."""
        self.asked += 1
        return f"/{application}/1/{self.client_name}-{self.asked}/proto"

    def relayed(self, content_topic, payload=None, **fields):
        """A message that comes to the server by relay, from the witness."""
        message = make_message(content_topic, payload, **fields)
        topic = self.shards.topic(content_topic)
        self.assertEqual(self.witness.ask("relay_publish", pubsub_topic=topic, message=message)["hash"],
                         message_hash(topic, message))
        return message

    def hash_of(self, message):
        return message_hash(self.shards.topic(message["content_topic"]), message)

    def seen_by_witness(self):
        return {event["hash"] for event in self.witness.messages("relay")}
