// SPDX-License-Identifier: Apache-2.0 OR MIT
import { axis, frame, legend, LEGEND_PX, tooltip } from "../chart.mjs";
import { amount, bytes, number, percent } from "../words.mjs";

const perNode = (row, count) => (row.nodes === 0 || count === null ? null : count / row.nodes);
const share = (row, count) => (row.expected === 0 ? 0 : count / row.expected);

/** What each strategy brought and cost: the table. */
export function lightTable(rows) {
  return {
    columns: [
      { name: "strategy" },
      { name: "nodes", kind: "number" },
      { name: "missed", kind: "number" },
      { name: "recovered", kind: "number" },
      { name: "wrong verdicts", kind: "number" },
      { name: "extra bytes per node", kind: "number" },
      { name: "latency, 50 % within (ms)", kind: "number" },
      { name: "95 % within (ms)", kind: "number" },
      { name: "99 % within (ms)", kind: "number" },
    ],
    rows: rows.map((row) => [
      row.strategy,
      number(row.nodes),
      `${number(row.missed)} (${percent(share(row, row.missed))})`,
      `${number(row.recovered)} (${percent(share(row, row.recovered))})`,
      `${number(row.wrong_verdicts)} of ${number(row.published)}`,
      bytes(perNode(row, row.extra_bytes)),
      amount(row.latency_ms.p50),
      amount(row.latency_ms.p95),
      amount(row.latency_ms.p99),
    ]),
  };
}

/** The same as bars. */
export function light(of) {
  const rows = [...of.light].reverse();  // the first one is drawn at the top
  if (rows.length === 0) return null;
  const bar = (name, count, colour) => ({
    name,
    type: "bar",
    barMaxWidth: 16,
    barGap: 0,
    itemStyle: { color: colour },
    data: rows.map((row) => 100 * share(row, count(row))),
  });
  return {
    title: "Light nodes by strategy",
    reading:
      "Of the messages that the light nodes with a strategy were to be shown, the share that they were never shown " +
      "(missed) and the share that a store gave them (recovered). Shorter bars of missed are better.",
    wide: true,
    height: () => 110 + 46 * rows.length,
    option: (colour, width) => ({
      legend: legend(colour),
      tooltip: tooltip(colour, { valueFormatter: (value) => `${number(value, 2)} %` }),
      grid: frame({ top: LEGEND_PX }),
      xAxis: axis(colour, "x", "messages (%)", { splitLine: { show: true, lineStyle: { color: colour.line } } }),
      yAxis: axis(colour, "y", "", {
        type: "category",
        data: rows.map(({ strategy }) => strategy),
        splitLine: { show: false },
        axisLabel: { color: colour.ink, hideOverlap: false, interval: 0, width: width < 500 ? 110 : 190, overflow: "break", lineHeight: 15 },
      }),
      series: [
        bar("missed", (row) => row.missed, colour.series[4]),
        bar("recovered", (row) => row.recovered, colour.series[2]),
      ],
    }),
    table: null,  // is shown beside it
  };
}
