// SPDX-License-Identifier: Apache-2.0 OR MIT
// js-waku as a client over TCP and yamux, driven line by line as tests/live/README.md says. Requests go to the peer that is
// named, by the protocols' classes of js-waku. With the setting `chooses_peers` they go through what its users have above
// them, which looks for a peer itself, by what identify and metadata told, and shows a message once; where it chose another
// than the one that was named, the command fails. js-waku tells no status code, only its own word: what was refused has the
// status 0.
import { createInterface } from "node:readline";

import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { tcp } from "@libp2p/tcp";
import { createDecoder, createEncoder, createLightNode, LightPushError, utils, waku } from "@waku/sdk";

const MILLION = 1_000_000n;
const IDENTIFY_MILLISECONDS = 10_000;

class Unsupported extends Error {
  constructor() {
    super("unsupported");
  }
}

function say(event) {
  process.stdout.write(JSON.stringify(event) + "\n");
}

function configuration(text) {
  const known = { cluster: 16, shards: [0], shards_in_cluster: 0, chooses_peers: false };
  const given = JSON.parse(text ?? "{}");
  const unknown = Object.keys(given).filter((key) => !(key in known));
  if (unknown.length > 0) {
    console.error(`js-waku as a client has no use for ${unknown.join(", ")}`);
    process.exit(2);
  }
  return { ...known, ...given };
}

const {
  cluster,
  shards_in_cluster: shardsInCluster,
  chooses_peers: choosesPeers,
} = configuration(process.argv[2]);
const networkConfig = { clusterId: cluster, ...(shardsInCluster > 0 && { numShardsInCluster: shardsInCluster }) };

const node = await createLightNode({
  defaultBootstrap: false,
  discovery: { dns: false, peerExchange: false, peerCache: false },
  networkConfig,
  numPeersToUse: 1,
  libp2p: {
    transports: [tcp()],
    streamMuxers: [yamux()],
    connectionEncrypters: [noise()],
    hideWebSocketInfo: true,
  },
});

const toHex = (bytes) => "0x" + Buffer.from(bytes).toString("hex");
const fromHex = (hex) => new Uint8Array(Buffer.from(hex.slice(2), "hex"));
const toBase64 = (bytes) => Buffer.from(bytes).toString("base64");
const fromBase64 = (text) => new Uint8Array(Buffer.from(text, "base64"));

// js-waku's times are milliseconds.
function toDate(nanoseconds) {
  if (nanoseconds === undefined) return undefined;
  if (BigInt(nanoseconds) % MILLION !== 0n) throw new Unsupported();
  return new Date(Number(BigInt(nanoseconds) / MILLION));
}

// With autosharding the topic need not be named; where it is, it is the right one.
function routing(pubsubTopic, contentTopic) {
  const info = utils.createRoutingInfo(networkConfig, { pubsubTopic, contentTopic });
  if (pubsubTopic !== undefined && info.pubsubTopic !== pubsubTopic) throw new Unsupported();
  return info;
}

// By all fields as they came: what js-waku's own getters give has no more than milliseconds.
function told({ payload, contentTopic, timestamp, meta, ephemeral }) {
  return {
    payload: toBase64(payload),
    content_topic: contentTopic,
    ...(timestamp !== undefined && { timestamp: timestamp.toString() }),
    ...(meta !== undefined && { meta: toBase64(meta) }),
    ephemeral: ephemeral ?? false,
  };
}

function connected(peer) {
  const found = node.libp2p.getPeers().find((each) => each.toString() === peer);
  if (!found) throw new Error(`not connected to ${peer}`);
  return found;
}

// The outcome at one peer. js-waku's word for what the peer itself refused is the only one that is an answer.
function outcome(peer, success, failure) {
  const chosen = success ?? failure?.peerId;
  if (chosen && chosen.toString() !== peer) throw new Error(`js-waku chose ${chosen}`);
  if (success) return { status: 200, text: "" };
  if (failure.error === LightPushError.REMOTE_PEER_REJECTED) return { status: 0, text: failure.error };
  throw new Error(failure.error);
}

// What identify told comes by an event, maybe before the dial has ended.
function identified(peer) {
  return new Promise((resolve, reject) => {
    const ended = setTimeout(() => reject(new Error("identify has not ended")), IDENTIFY_MILLISECONDS);
    const look = async () => {
      const known = await node.libp2p.peerStore.get(peer).catch(() => undefined);
      if (!known || known.protocols.length === 0) return;
      clearTimeout(ended);
      node.libp2p.removeEventListener("peer:identify", look);
      resolve(known.protocols);
    };
    node.libp2p.addEventListener("peer:identify", look);
    look();
  });
}

// js-waku knows a subscription again by its decoder.
const decoders = new Map();
function decoderOf(pubsubTopic, contentTopic) {
  const key = `${pubsubTopic} ${contentTopic}`;
  if (!decoders.has(key)) decoders.set(key, createDecoder(contentTopic, routing(pubsubTopic, contentTopic)));
  return decoders.get(key);
}
const pubsubTopicOf = ({ pubsub_topic, content_topics }) => routing(pubsub_topic, content_topics[0]).pubsubTopic;
const decodersOf = ({ pubsub_topic, content_topics }) => content_topics.map((each) => decoderOf(pubsub_topic, each));

function received(pubsubTopic, message, peer) {
  const hash = toHex(waku.messageHash(pubsubTopic, message));
  say({ event: "message", via: "filter", peer, pubsub_topic: pubsubTopic, message: told(message), hash });
}

// Pushes go to the one who listens, so the class above it has to give way.
const filter = new waku.FilterCore(received, node.libp2p);
if (!choosesPeers) {
  await node.filter.stop();
  await filter.start();
}

const commands = {
  async dial({ address }) {
    await node.dial(address);
    const peer = address.split("/p2p/").pop();
    const protocols = await identified(connected(peer));
    // As js-waku's users do by waitForPeers(), which waits for protocols that a peer may lack.
    if (protocols.includes(waku.MetadataCodec)) {
      await node.libp2p.services.metadata.confirmOrAttemptHandshake(connected(peer));
    }
    return { peer };
  },

  async protocols({ peer }) {
    return { protocols: await identified(connected(peer)) };
  },

  async metadata({ peer, cluster: asCluster = cluster, shards = [] }) {
    if (asCluster !== cluster || shards.length > 0) throw new Unsupported();
    const { shardInfo, error } = await node.libp2p.services.metadata.query(connected(peer));
    if (error) throw new Error(error);
    return { cluster: shardInfo.clusterId, shards: shardInfo.shards };
  },

  async lightpush({ peer, version = 3, pubsub_topic, message }) {
    const { payload, content_topic, timestamp, meta, ephemeral = false } = message;
    // What has no time gets one by js-waku, and its hash would not be known.
    if (timestamp === undefined || timestamp === "0") throw new Unsupported();
    const metaSetter = meta === undefined ? undefined : () => fromBase64(meta);
    const routingInfo = routing(pubsub_topic, content_topic);
    const encoder = createEncoder({ contentTopic: content_topic, routingInfo, ephemeral, metaSetter });
    const sent = { payload: fromBase64(payload), timestamp: toDate(timestamp) };
    const hash = toHex(waku.messageHash(encoder.pubsubTopic, await encoder.toProtoObj(sent)));
    if (choosesPeers) {
      const { successes, failures } = await node.lightPush.send(encoder, sent, {
        autoRetry: false,
        useLegacy: version === 2,
      });
      return { ...outcome(peer, successes[0], failures[0]), hash };
    }
    // Otherwise js-waku would take the other version without a word.
    if (version === 3 && !(await identified(connected(peer))).includes(waku.LightPushCodec)) {
      throw new Error("the peer has no lightpush v3");
    }
    const { success, failure } = await node.lightPush.protocol.send(encoder, sent, connected(peer), version === 2);
    return { ...outcome(peer, success, failure), hash };
  },

  async filter_subscribe(command) {
    if (choosesPeers) {
      const show = (message) => received(message.pubsubTopic, message.proto);
      if (!(await node.filter.subscribe(decodersOf(command), show))) throw new Error("js-waku says no, and not why");
      return { status: 200, text: "" };
    }
    const { peer, content_topics } = command;
    const { success, failure } = await filter.subscribe(pubsubTopicOf(command), connected(peer), content_topics);
    return outcome(peer, success, failure);
  },

  // js-waku does not wait for the answer.
  async filter_unsubscribe(command) {
    if (choosesPeers) {
      if (!(await node.filter.unsubscribe(decodersOf(command)))) throw new Error("js-waku says no, and not why");
      return { status: 200, text: "" };
    }
    const { peer, content_topics } = command;
    const { success, failure } = await filter.unsubscribe(pubsubTopicOf(command), connected(peer), content_topics);
    return outcome(peer, success, failure);
  },

  async filter_ping({ peer }) {
    const { success, failure } = await filter.ping(connected(peer));
    return outcome(peer, success, failure);
  },

  // One page, or with `all` as many as js-waku's own loop asks for. js-waku shows no hash without its message, and of
  // hashes too it reads only messages of the content topics that it is told.
  async store({ peer, version = 3, pubsub_topic, content_topics = [], hashes = [], start, end, include_data = true,
                page_size, forward = true, cursor, all = false }) {
    if (version !== 3 || !include_data) throw new Unsupported();
    const pages = node.store.queryGenerator(decodersOf({ pubsub_topic, content_topics }), {
      peerId: connected(peer),
      paginationForward: forward,
      ...(hashes.length > 0 && { messageHashes: hashes.map(fromHex), pubsubTopic: pubsub_topic }),
      ...(start !== undefined && { timeStart: toDate(start) }),
      ...(end !== undefined && { timeEnd: toDate(end) }),
      ...(page_size !== undefined && { paginationLimit: page_size }),
      ...(cursor !== undefined && { paginationCursor: fromHex(cursor) }),
    });
    const entries = [];
    let next;
    for await (const page of pages) {
      const messages = await Promise.all(page);
      if (messages.includes(undefined)) throw new Error("js-waku could not read a message of the page");
      entries.push(...messages.map((each) => (
        { hash: toHex(each.hash), pubsub_topic: each.pubsubTopic, message: told(each.proto) })));
      next = forward ? entries.at(-1).hash : entries[0].hash;
      if (!all) break;
    }
    return { status: 200, text: "", entries, ...(next !== undefined && !all && { cursor: next }) };
  },

  async hash({ pubsub_topic, message }) {
    const { payload, content_topic, timestamp, meta } = message;
    return {
      hash: toHex(waku.messageHash(pubsub_topic, {
        payload: fromBase64(payload),
        contentTopic: content_topic,
        timestamp: timestamp === undefined ? undefined : BigInt(timestamp),
        meta: meta === undefined ? undefined : fromBase64(meta),
      })),
    };
  },
};

async function run(line) {
  const { do: name, id, ...fields } = JSON.parse(line);
  try {
    if (!(name in commands)) throw new Unsupported();
    say({ event: "done", id, ok: true, ...(await commands[name](fields)) });
  } catch (error) {
    say({ event: "done", id, ok: false, why: error?.message ?? String(error) });
  }
}

const input = createInterface({ input: process.stdin });
input.on("line", run);
// libp2p's timers would keep the process.
input.on("close", () => process.exit(0));
say({ event: "started", peer: node.peerId.toString(), addresses: [] });
