// SPDX-License-Identifier: Apache-2.0 OR MIT
// js-waku's side of the tests in this folder: reads a file of records, one JSON object a line, decodes each with
// js-waku's classes, compares the fields one by one, encodes what it was told, and writes a line of its own:
// the frame in hex, the message's hash or the shard, and the differences, with tabs between them.
import { readFileSync, writeFileSync } from "node:fs";

import { messageHash } from "@waku/message-hash";
import {
  proto_filter_v2 as filter,
  proto_lightpush as lightpush,
  proto_message as message,
  proto_metadata as metadata,
  proto_peer_exchange as peerExchange,
  proto_store as store,
} from "@waku/proto";
import { contentTopicToPubsubTopic, pubsubTopicToSingleShardInfo } from "@waku/utils";
import * as lengthPrefixed from "it-length-prefixed";

const classes = {
  message: message.WakuMessage,
  store_request: store.StoreQueryRequest,
  store_response: store.StoreQueryResponse,
  filter_request: filter.FilterSubscribeRequest,
  filter_response: filter.FilterSubscribeResponse,
  filter_push: filter.MessagePush,
  lightpush_request: lightpush.LightPushRequestV3,
  lightpush_response: lightpush.LightPushResponseV3,
  legacy_lightpush_request: lightpush.PushRpc,
  legacy_lightpush_response: lightpush.PushRpc,
  metadata_request: metadata.WakuMetadataRequest,
  metadata_response: metadata.WakuMetadataResponse,
  peer_exchange_request: peerExchange.PeerExchangeRPC,
  peer_exchange_response: peerExchange.PeerExchangeRPC,
};

// js-waku's enums are strings.
const enumNames = {
  filter_subscribe_type: ["SUBSCRIBER_PING", "SUBSCRIBE", "UNSUBSCRIBE", "UNSUBSCRIBE_ALL"],
};

const toHex = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
const fromHex = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
const camelCase = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

// js-waku's object as the records have it.
function plain(value, name) {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if (typeof value === "bigint") return { int: value.toString() };
  if (Array.isArray(value)) return value.map((each) => plain(each, name));
  if (typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [snakeCase(key), plain(inner, snakeCase(key))]));
  }
  return name in enumNames ? enumNames[name].indexOf(value) : value;
}

// And back.
function built(value, name) {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((each) => built(each, name));
  if (typeof value === "object") {
    if ("hex" in value) return fromHex(value.hex);
    if ("int" in value) return BigInt(value.int);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [camelCase(key), built(inner, key)]));
  }
  return name in enumNames ? enumNames[name][value] : value;
}

// What was not named has to be absent or a default.
function saysNothing(value) {
  if (value === null || value === "" || value === 0 || value === false) return true;
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.length === 0;
  return value.hex === "" || value.int === "0";
}

function compare(wanted, got, path, differences) {
  const isObject = (value) => typeof value === "object" && value !== null;
  if (!isObject(wanted) || !isObject(got)) {
    if (wanted !== got) differences.push(`${path}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
    return;
  }
  if (Array.isArray(wanted) !== Array.isArray(got) || (Array.isArray(wanted) && wanted.length !== got.length)) {
    differences.push(`${path}: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
    return;
  }
  for (const key of Object.keys(wanted)) {
    compare(wanted[key], key in got ? got[key] : null, path === "" ? key : `${path}.${key}`, differences);
  }
  for (const key of Object.keys(got)) {
    if (!(key in wanted) && !saysNothing(got[key])) differences.push(`${path}.${key}: ${JSON.stringify(got[key])}`);
  }
}

// The bytes of the only frame, by the library that js-waku frames with.
function unframed(frame) {
  const bodies = [...lengthPrefixed.decode([frame], { maxDataLength: 1 << 28 })];
  if (bodies.length !== 1) throw new Error(`${bodies.length} frames`);
  return bodies[0].subarray();
}
function framed(body) {
  return lengthPrefixed.encode.single(body).subarray();
}

function answer(record) {
  if ("content_topic" in record) {
    try {
      return `\t${contentTopicToPubsubTopic(record.content_topic, record.cluster, record.shard_count)}\t`;
    } catch {
      return "\trefused\t";
    }
  }
  if ("shard_topic" in record) {
    try {
      const shard = pubsubTopicToSingleShardInfo(record.shard_topic);
      return `\t${shard.clusterId} ${shard.shard}\t`;
    } catch {
      return "\trefused\t";
    }
  }
  const codec = classes[record.kind];
  const differences = [];
  let hash = "";
  if ("frame" in record) {
    try {
      const decoded = codec.decode(unframed(fromHex(record.frame)));
      compare(record.fields, plain(decoded, ""), "", differences);
      if ("hash_topic" in record) hash = toHex(messageHash(record.hash_topic, decoded));
    } catch (error) {
      differences.push(`refused: ${error.message.replace(/\s/g, " ")}`);
    }
  }
  const frame = toHex(framed(codec.encode(built(record.send, ""))));
  return `${frame}\t${hash}\t${differences.join("; ")}`;
}

const [input, output] = process.argv.slice(2);
const lines = readFileSync(input, "utf8").split("\n");
lines.pop();
writeFileSync(output, lines.map((line) => answer(JSON.parse(line)) + "\n").join(""));
