// SPDX-License-Identifier: Apache-2.0 OR MIT
// How numbers and names are told to people.

const formats = new Map();

/** A number with separators between thousands, and at most so many decimals. */
export function number(value, decimals = 0) {
  if (value === null || value === undefined) return "not known";
  if (!formats.has(decimals)) formats.set(decimals, new Intl.NumberFormat("en", { maximumFractionDigits: decimals }));
  return formats.get(decimals).format(value);
}

/** With as many decimals as its size deserves. */
export function amount(value) {
  const size = Math.abs(value ?? 0);
  return number(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
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
  ["kB/s, ms", "Thousand bytes a second; thousandths of a second."],
];
