// SPDX-License-Identifier: Apache-2.0 OR MIT
// js-waku's message hash in the workload message_hash, by js-waku's own package:
//   npm ci --ignore-scripts
//   node bench.mjs --equality --cases ../../message_hash/cases.json
//   node bench.mjs --repetitions 5 --min-time 0.5
// The first compares the hashes of the cases and fails on a difference; without --cases it takes the file that
// WAKU_HASH_CASES names. The second prints one JSON object with the nanoseconds of a hash in each repetition: the mean
// over a batch that takes about so many seconds, and no less than 0.05. Batches of different sizes take turns.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { messageHash } from "@waku/message-hash";

const sizes = [32, 1024, 10_000, 150_000];

const payloadOf = (size) => Uint8Array.from({ length: size }, (_, place) => (place * 31 + size) % 256);
const toHex = (bytes) => Buffer.from(bytes).toString("hex");

// What js-waku takes for a message.
function messageOf(fields) {
  return {
    payload: payloadOf(fields.payload_size),
    contentTopic: fields.content_topic,
    meta: fields.meta === null ? undefined : new Uint8Array(Buffer.from(fields.meta, "hex")),
    timestamp: fields.timestamp_ns === null ? undefined : BigInt(fields.timestamp_ns),
  };
}

// Says in which cases js-waku gives another hash than the file; the number of them.
function compare(file) {
  const { cases } = JSON.parse(readFileSync(file, "utf8"));
  if (cases.length === 0) throw new Error(`${file} holds no cases`);
  let differences = 0;
  for (const each of cases) {
    const wanted = each.js_waku_hash ?? each.hash;
    const got = toHex(messageHash(each.pubsub_topic, messageOf(each)));
    if (got === wanted) continue;
    console.error(`js-waku gives ${got} for ${each.name}, not ${wanted}`);
    ++differences;
  }
  if (differences === 0) console.log(`js-waku gave the same ${cases.length} hashes`);
  return differences;
}

const kept = { byte: 0 };  // so that no hash can be left out

// The seconds that `count` hashes take. Each message has a timestamp of its own.
function seconds(message, count) {
  const begin = process.hrtime.bigint();
  for (let each = 0; each < count; ++each) {
    message.timestamp += 1n;
    kept.byte ^= messageHash("/waku/2/rs/1/0", message)[0];
  }
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

function measure(repetitions, minTime) {
  const timed = sizes.map((size) => {
    const message = messageOf(
      { payload_size: size, content_topic: "/benchmark/1/room/proto", meta: null, timestamp_ns: "1700000000000000000" });
    // Doubled until a batch lasts long enough, which is also the warm-up.
    let count = 1;
    while (seconds(message, count) < Math.max(minTime, 0.05)) count *= 2;
    return { name: `message_hash/hash/js_waku/${size}`, message, count, times_ns: [] };
  });
  for (let repetition = 0; repetition < repetitions; ++repetition) {
    for (const each of timed) each.times_ns.push((seconds(each.message, each.count) / each.count) * 1e9);
  }
  return { benchmarks: timed.map(({ name, times_ns }) => ({ name, times_ns })) };
}

const { values: told } = parseArgs({
  options: {
    equality: { type: "boolean", default: false },
    cases: { type: "string", default: process.env.WAKU_HASH_CASES ?? "../../message_hash/cases.json" },
    repetitions: { type: "string", default: "5" },
    "min-time": { type: "string", default: "0.5" },
  },
});
if (told.equality) {
  process.exitCode = compare(told.cases) === 0 ? 0 : 1;
} else {
  const repetitions = Number(told.repetitions);
  const minTime = Number(told["min-time"]);
  if (!Number.isInteger(repetitions) || repetitions < 1 || !(minTime >= 0)) {
    throw new Error("--repetitions is a number from 1, --min-time seconds");
  }
  console.log(JSON.stringify(measure(repetitions, minTime)));
}
