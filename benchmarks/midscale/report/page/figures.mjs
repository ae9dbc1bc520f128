// SPDX-License-Identifier: Apache-2.0 OR MIT
// The figures that runs of a study are compared by.
import { PROTOCOLS, wordsOf } from "./words.mjs";

const CLOSED_FORM = "closed_form_kBps";

const total = (name) => (run) => run.summary[name];
const toldOf = (name) => (run) => run.summary.told?.[name] ?? null;
const rate = (name, direction) => (run) => run.rates_kBps[name]?.[direction] ?? 0;
const directions = (of) => [
  { name: "received", of: of(0) },
  { name: "sent", of: of(1) },
];

const isClosed = ({ runs }) => runs.every(({ summary }) => summary.told?.[CLOSED_FORM] !== undefined);

function relayFigures(study) {
  const closed = isClosed(study);
  return [
    {
      title: closed ? "Relay bandwidth beside the closed form" : "Relay bandwidth",
      reading:
        "What a relay node receives and sends by relay with its control, mean over nodes and time." +
        (closed ? " The closed form is what theory gives for what is received where no node is ever away." : ""),
      y: "per relay node (kB/s)",
      unit: "kB/s",
      always: true,
      overlapping: true,
      members: [
        { name: "received", of: total("relay_in_kBps") },
        { name: "sent", of: total("relay_out_kBps") },
        ...(closed ? [{ name: "closed form", of: toldOf(CLOSED_FORM), theory: true }] : []),
      ],
    },
    {
      title: "Delivered",
      reading: "Of the receipts that were due at relay nodes, the share that came.",
      y: "receipts (%)",
      unit: "%",
      closeUp: true,
      most: 100,
      always: true,
      members: [{ name: "delivered", of: ({ summary }) => 100 * summary.delivered }],
    },
    {
      title: "Latency",
      reading: "The times within which 50, 95 and 99 of 100 receipts by relay came.",
      y: "latency (ms)",
      unit: "ms",
      always: true,
      members: ["p99", "p95", "p50"].map((name) => ({ name: `${name.slice(1)} %`, of: ({ summary }) => summary.latency_ms[name] })),
    },
    {
      title: "Duplicates",
      reading: "How many further copies of a message a node got beyond the one that it needed.",
      y: "further copies per message",
      unit: "",
      members: [{ name: "further copies", of: total("duplicates_per_message") }],
    },
    {
      title: "discv5",
      reading: "What a relay node receives and sends by discv5, mean over nodes and time.",
      y: "per relay node (kB/s)",
      unit: "kB/s",
      overlapping: true,
      members: directions((direction) => total(["discv5_in_kBps", "discv5_out_kBps"][direction])),
    },
    ...Object.keys(PROTOCOLS)
      .filter((name) => name !== "discv5")
      .map((name) => ({
        title: `Traffic of ${PROTOCOLS[name]}`,
        reading: `Bytes of ${PROTOCOLS[name]}, mean of the relay nodes that were online.`,
        y: "per node online (kB/s)",
        unit: "kB/s",
        overlapping: true,
        members: directions((direction) => rate(name, direction)),
      })),
  ];
}

function toldFigures(study) {
  return Object.values(study.told)
    .filter(({ name }) => name !== CLOSED_FORM || !isClosed(study))
    .map(({ name, unit, meaning }) => ({
      title: wordsOf(name),
      reading: unit === "share" && meaning.startsWith("of ") ? `The share ${meaning}.` : `${wordsOf(name)}: ${meaning}.`,
      y: unit ? `${wordsOf(name).toLowerCase()} (${unit})` : wordsOf(name).toLowerCase(),
      unit,
      members: [{ name: wordsOf(name).toLowerCase(), of: toldOf(name) }],
    }));
}

function lightFigures(study) {
  const strategies = [...new Set(study.runs.flatMap(({ light }) => light.map(({ strategy }) => strategy)))];
  const of = (figure) =>
    strategies.map((strategy) => ({
      name: strategy,
      of: ({ light }) => {
        const row = light.find((each) => each.strategy === strategy);
        return row ? figure(row) : null;
      },
    }));
  const share = (part, whole) => (whole === 0 ? null : (100 * part) / whole);
  return strategies.length === 0
    ? []
    : [
        {
          title: "Light nodes: missed",
          reading: "Of the messages that light nodes were to be shown, the share that they never were, by strategy.",
          y: "missed (%)",
          unit: "%",
          always: true,
          members: of((row) => share(row.missed, row.expected)),
        },
        {
          title: "Light nodes: recovered",
          reading: "Of the messages that light nodes were to be shown, the share that a store gave them, by strategy.",
          y: "recovered (%)",
          unit: "%",
          members: of((row) => share(row.recovered, row.expected)),
        },
        {
          title: "Light nodes: wrong verdicts",
          reading: "Of their publications, the share that was called confirmed and was nowhere, or failed and was stored.",
          y: "wrong verdicts (%)",
          unit: "%",
          members: of((row) => share(row.wrong_verdicts, row.published)),
        },
        {
          title: "Light nodes: extra bytes",
          reading: "What a light node's links carried beyond those of a node without any strategy.",
          y: "extra per node (kB)",
          unit: "kB",
          members: of((row) => (row.extra_bytes === null || row.nodes === 0 ? null : row.extra_bytes / row.nodes / 1e3)),
        },
        {
          title: "Light nodes: latency",
          reading: "The time within which 95 of 100 messages that were shown came, by whatever way.",
          y: "latency, 95 % within (ms)",
          unit: "ms",
          members: of((row) => row.latency_ms.p95),
        },
      ];
}

/** All figures of a study's runs, in three parts. */
export function figuresOf(study) {
  return { relay: relayFigures(study), light: lightFigures(study), told: toldFigures(study) };
}
