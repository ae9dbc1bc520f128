// SPDX-License-Identifier: Apache-2.0 OR MIT
// How numbers and names are told to people.

const formats = new Map();

/** A number with separators between thousands, and at most so many decimals, or at least so many. */
export function number(value, decimals = 0, least = 0) {
  if (value === null || value === undefined) return "not known";
  const key = `${least} ${decimals}`;
  if (!formats.has(key))
    formats.set(key, new Intl.NumberFormat("en", { minimumFractionDigits: least, maximumFractionDigits: decimals }));
  return formats.get(key).format(value);
}

/** With as many decimals as its size deserves; a whole number has none. */
export function amount(value) {
  const size = Math.abs(value ?? 0);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.01 || size < 1e-6 ? 3 : 1 - Math.floor(Math.log10(size));
  return number(value, decimals, Number.isInteger(value) ? 0 : decimals);
}

/** A share as a percentage; only the whole is 100 %. */
export function percent(share) {
  if (share === null || share === undefined) return "not known";
  const lost = 1 - share;
  const decimals = lost < 0.0001 ? 4 : lost < 0.001 ? 3 : 2;
  return `${number(share * 100, decimals)}\u00a0%`;
}

/** Bytes in the unit that suits their number. */
export function bytes(count) {
  if (count === null || count === undefined) return "not compared";
  const size = Math.abs(count);
  if (size >= 1e9) return `${number(count / 1e9, 2)}\u00a0GB`;
  if (size >= 1e6) return `${number(count / 1e6, 2)}\u00a0MB`;
  if (size >= 1e3) return `${number(count / 1e3, 1)}\u00a0kB`;
  return `${number(count)}\u00a0bytes`;
}

/** A figure's name as words: without its unit, which is told beside it. */
export function wordsOf(name) {
  const words = name.replace(/_(kBps|ms|mb|s)$/, "").replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export const PROTOCOLS = {
  relay: "relay, messages",
  relay_control: "relay, control",
  discv5: "discv5",
  peer_exchange: "peer exchange",
  filter: "filter",
  lightpush: "lightpush",
  store: "store",
};

/** What the words on the page mean, in the order in which a reader meets them. */
export const MEANINGS = [
  ["relay", "Nodes pass every message on to the neighbours of their mesh, by the protocol GossipSub."],
  ["mesh and gossip", "To the few neighbours in its mesh a node sends whole messages; to others it tells, once a second, " +
    "which messages it has, and they ask for what they lack."],
  ["control", "What relay sends beside messages: changes of the mesh, and gossip about what nodes have."],
  ["discv5", "The protocol over UDP by which nodes find others. Peer exchange is the other way: asking a neighbour."],
  ["light node", "A device that relays nothing: service nodes send it what it wants (filter), publish for it " +
    "(lightpush), and give it what it missed from their archive (store)."],
  ["strategy", "What a light node does so that nothing is lost. The row “none” does nothing."],
  ["recovered, missed", "Recovered is what a light node was shown only after it asked a store; missed is what it was " +
    "never shown."],
  ["wrong verdict", "A publication that was called confirmed and was nowhere, or was called failed and was stored."],
  ["hop", "One passing on from node to node. One hop: straight from the publisher."],
  ["latency", "Time from a publication to the moment when a node first has the message."],
  ["seed", "A run's randomness is drawn from it. Runs that differ in it alone tell how much is chance."],
  ["significant", "Differing by more than chance makes metrics of equal versions differ, but for one comparison in twenty."],
  ["closed form", "What theory says of relay bandwidth, from the mesh and the workload; no byte counter goes into it."],
  ["kB/s, ms", "Thousand bytes a second; thousandths of a second."],
];
