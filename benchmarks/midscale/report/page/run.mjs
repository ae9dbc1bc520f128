// SPDX-License-Identifier: Apache-2.0 OR MIT
// The part of the page that is about one run.
import { element, table } from "./elements.mjs";
import { figure } from "./figure.mjs";
import { bandwidth, bandwidthByNode } from "./plots/bandwidth.mjs";
import { degrees, duplicates, hops } from "./plots/counts.mjs";
import { delivery } from "./plots/delivery.mjs";
import { latency, latencyByHops } from "./plots/latency.mjs";
import { light, lightTable } from "./plots/light.mjs";
import { topology } from "./plots/topology.mjs";
import { valueText } from "./sweep.mjs";
import { amount, bytes, number, percent, plural, wordsOf } from "./words.mjs";

const PLOTS = [bandwidth, latency, latencyByHops, hops, duplicates, delivery, bandwidthByNode, topology, degrees];

/** What a run is, in a line. */
export function facts({ summary }) {
  return `${plural(summary.nodes, "node")}, ${number(summary.simulated_s)} s simulated, seed ${summary.seed}`;
}

function tile(name, figure, unit, more) {
  return element(
    "div",
    {},
    element("dt", {}, name),
    element(
      "dd",
      {},
      element("span", { class: "figure" }, figure, unit ? element("span", { class: "unit" }, ` ${unit}`) : null),
      more ? element("span", { class: "more" }, more) : null,
    ),
  );
}

function tiles({ summary, measurements }) {
  const { latency_ms: late, light: lights } = summary;
  const ways = Object.entries(measurements.ways).filter(([, count]) => count > 0);
  const all = ways.reduce((sum, [, count]) => sum + count, 0);
  return element(
    "dl",
    { class: "tiles" },
    tile("Delivered", percent(summary.delivered), "", ways.length > 0 ? `came ${ways.map(([way, count]) => `by ${way} ${percent(count / all)}`).join(", ")}` : ""),
    tile("Latency, half within", number(late.p50), "ms", `95 % within ${number(late.p95)} ms, 99 % within ${number(late.p99)} ms`),
    tile("Relay per node, received", amount(summary.relay_in_kBps), "kB/s", `sent ${amount(summary.relay_out_kBps)} kB/s`),
    summary.discv5_in_kBps > 0
      ? tile("discv5 per node, received", amount(summary.discv5_in_kBps), "kB/s", `sent ${amount(summary.discv5_out_kBps)} kB/s`)
      : null,
    tile("Further copies of a message", amount(summary.duplicates_per_message), "per node",
      measurements.mesh.mean_degree > 0 ? `${amount(measurements.mesh.mean_degree)} neighbours in the mesh` : ""),
    lights
      ? tile("Light nodes with a strategy missed", number(lights.missed), lights.missed === 1 ? "message" : "messages",
          `${number(lights.recovered)} recovered, ${plural(lights.wrong_verdicts, "wrong verdict")}`)
      : null,
  );
}

function lightPart(of) {
  const plot = light(of);
  if (!plot) return [];
  const { columns, rows } = lightTable(of.light);
  const compared = of.light.some(({ strategy }) => strategy === "none");
  return [
    element("h3", {}, "Light nodes: what each strategy brings and costs"),
    element(
      "p",
      { class: "reading" },
      "A row is a group of light nodes that use the same strategy in the same network. Percentages are of the messages " +
        "that the group was to be shown. Latency is of what was shown, by whatever way. " +
        (compared
          ? "Extra bytes are those on a node's links beyond what a node of the row “none” had, which uses no strategy."
          : "No group ran without a strategy, so extra bytes are not known."),
    ),
    table(columns, rows, { broad: true }),
    element("div", { class: "plots" }, figure(plot)),
  ];
}

/** A table whose rows have a name, what it means, and a value with its unit. */
function meaningTable(what, rows) {
  return table(
    [{ name: `${what} and what it means` }, { name: "value", kind: "value" }],
    rows.map(([name, meaning, value, unit]) => [
      element("span", {}, name, element("span", { class: "meaning" }, meaning ?? "")),
      [value, unit === "share" ? "" : unit].filter(Boolean).join(" "),
    ]),
  );
}

function toldPart({ told }) {
  if (!told?.length) return [];
  return [
    element("h3", {}, "What this scenario tells besides"),
    meaningTable("figure", told.map(({ name, value, unit, meaning }) => [wordsOf(name), meaning, amount(value), unit])),
  ];
}

/** All parameters of a run. */
export function parametersTable({ values, units, meanings }) {
  return meaningTable("parameter", Object.entries(values).map(([name, value]) => [name, meanings[name], valueText(value), units[name]]));
}

function machinePart({ run, measurements }) {
  const { machine } = run;
  return [
    element("h3", {}, "Machine and cost of the run"),
    table(
      [{ name: "what" }, { name: "figure" }],
      [
        ["time taken", `${amount(run.wall_s)} s`],
        ["time simulated", `${number(measurements.simulated_s)} s`],
        ["memory, most", `${number(run.peak_rss_mb)} MB`],
        ["processor", `${machine.processor}, ${machine.processors} of them`],
        ["system", machine.system],
        ["compiler", machine.compiler],
        ["version of the lab", run.version],
        ["sent to nodes that had gone", bytes(measurements.lost_bytes)],
      ],
    ),
  ];
}

/** All about a run, in elements. */
export function runPart(run) {
  const plots = PLOTS.map((plot) => plot(run.measurements)).filter(Boolean);
  return [
    tiles(run),
    ...lightPart(run.measurements),
    element("h3", {}, "The relay network"),
    element(
      "div",
      { class: "plots" },
      plots.length > 0 ? plots.map((plot) => figure(plot)) : element("p", {}, "Nothing was relayed."),
    ),
    ...toldPart(run.measurements),
    element("h3", {}, "Parameters"),
    parametersTable(run.parameters),
    ...machinePart(run),
  ];
}
