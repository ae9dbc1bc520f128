// SPDX-License-Identifier: Apache-2.0 OR MIT
// Several runs beside each other.
import { element, table } from "./elements.mjs";
import { figure } from "./figure.mjs";
import { bandwidthOfRuns, latencyOfRuns, lossOfRuns } from "./plots/several.mjs";
import { amount, number, percent } from "./words.mjs";

/** The parameters that not all runs have alike, which is what a sweep went over. */
function varied(runs) {
  const names = [...new Set(runs.flatMap(({ parameters }) => Object.keys(parameters.values)))];
  const text = (run, name) => JSON.stringify(run.parameters.values[name]);
  return names.filter((name) => runs.some((run) => text(run, name) !== text(runs[0], name)));
}

const FIGURES = [
  ["delivered", ({ summary }) => percent(summary.delivered)],
  ["latency, 50 % within (ms)", ({ summary }) => number(summary.latency_ms.p50)],
  ["95 % within (ms)", ({ summary }) => number(summary.latency_ms.p95)],
  ["99 % within (ms)", ({ summary }) => number(summary.latency_ms.p99)],
  ["relay received (kB/s)", ({ summary }) => amount(summary.relay_in_kBps)],
  ["relay sent (kB/s)", ({ summary }) => amount(summary.relay_out_kBps)],
  ["discv5 received (kB/s)", ({ summary }) => amount(summary.discv5_in_kBps)],
  ["further copies", ({ summary }) => amount(summary.duplicates_per_message)],
];
const LIGHT_FIGURES = [
  ["light: missed", ({ summary }) => (summary.light ? number(summary.light.missed) : "no light nodes")],
  ["light: recovered", ({ summary }) => (summary.light ? number(summary.light.recovered) : "no light nodes")],
];

/** The table of all runs and their bars; adds to `waiting` what draws those. */
export function overview(runs, waiting) {
  const scenarios = new Set(runs.map(({ summary }) => summary.scenario));
  const own = [
    ...(scenarios.size > 1 ? [["scenario", ({ summary }) => summary.scenario]] : []),
    ["nodes", ({ summary }) => number(summary.nodes)],
    ["seed", ({ summary }) => `${summary.seed}`],
    ...(scenarios.size > 1
      ? []
      : varied(runs).map((name) => [name.replaceAll("_", " "), ({ parameters }) => `${parameters.values[name] ?? ""}`])),
  ];
  const shown = [...own, ...FIGURES, ...(runs.some(({ summary }) => summary.light) ? LIGHT_FIGURES : [])];
  return [
    element("h2", {}, "Overview"),
    element(
      "p",
      { class: "reading" },
      "A row is a run. Rates are means per relay node; further copies are what a node got of a message beyond the one it " +
        "needed. A run's name leads to its plots.",
    ),
    table(
      [{ name: "run" }, ...shown.map(([name]) => ({ name, kind: name === "scenario" ? undefined : "number" }))],
      runs.map((run, index) => [element("a", { href: `#run-${index}` }, run.name), ...shown.map(([, of]) => of(run))]),
      { broad: true },
    ),
    element(
      "div",
      { class: "plots" },
      [bandwidthOfRuns, latencyOfRuns, lossOfRuns]
        .map((plot) => plot(runs))
        .filter(Boolean)
        .map((plot) => figure(plot, waiting)),
    ),
  ];
}
