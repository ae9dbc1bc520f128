// SPDX-License-Identifier: Apache-2.0 OR MIT
import { axis, frame, framesOverEachOther, legend, legendHeight, tooltip } from "../chart.mjs";
import { amount, number, PROTOCOLS } from "../words.mjs";

const sum = (values) => values.reduce((total, each) => total + each, 0);
const mean = (values) => (values.length === 0 ? 0 : sum(values) / values.length);

/** The times in seconds at which the points of a run's lines begin. */
export const times = (of, count) => Array.from({ length: count }, (_, index) => index * of.seconds_per_point);

const MOST_POINTS = 200;  // more of them hide each other

/** Means over as many neighbouring points as make few of them. */
function fewer(values) {
  const each = Math.ceil(values.length / MOST_POINTS);
  const parts = Array.from({ length: Math.ceil(values.length / each) }, (_, index) => index * each);
  return { each, means: parts.map((from) => mean(values.slice(from, from + each))) };
}

/** Bandwidth by protocol over time: what a node gets above, what it sends below. */
export function bandwidth(of) {
  const protocols = Object.keys(PROTOCOLS).filter((name) => of.bandwidth_kBps[name]);
  if (protocols.length === 0) return null;
  const seconds = fewer(of.bandwidth_kBps[protocols[0]].in).each * of.seconds_per_point;
  const line = (name, direction, colour) => ({
    name: PROTOCOLS[name],
    type: "line",
    showSymbol: false,
    lineStyle: { width: 1.8, color: colour },
    itemStyle: { color: colour },
    xAxisIndex: direction,
    yAxisIndex: direction,
    data: fewer(of.bandwidth_kBps[name][direction === 0 ? "in" : "out"]).means.map((value, point) => [
      (point + 0.5) * seconds,
      value,
    ]),
  });
  const frames = (width) => framesOverEachOther(8 + legendHeight(protocols.map((name) => PROTOCOLS[name]), width), [170, 170]);
  return {
    title: "Bandwidth by protocol over time",
    reading:
      "A line is the mean of all nodes that are online: above what a node receives, below what it sends, in thousand " +
      `bytes a second. Time counts from the end of the warm-up; a point is ${seconds === 1 ? "a second" : `a mean over ${seconds} s`}.`,
    wide: true,
    height: (width) => frames(width).height,
    option: (colour, width) => ({
      legend: legend(colour),
      tooltip: tooltip(colour, { valueFormatter: (value) => `${amount(value)} kB/s` }),
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      grid: frames(width).grids,
      xAxis: [0, 1].map((each) =>
        axis(colour, "x", each === 1 ? "time (s)" : "", { gridIndex: each, max: of.simulated_s }),
      ),
      yAxis: [
        axis(colour, "y", "received per node (kB/s)", { gridIndex: 0 }),
        axis(colour, "y", "sent per node (kB/s)", { gridIndex: 1 }),
      ],
      series: [0, 1].flatMap((direction) =>
        protocols.map((name) => line(name, direction, colour.series[Object.keys(PROTOCOLS).indexOf(name)])),
      ),
    }),
    table: {
      columns: [
        { name: "protocol" },
        { name: "received, mean (kB/s)", kind: "number" },
        { name: "received, most (kB/s)", kind: "number" },
        { name: "sent, mean (kB/s)", kind: "number" },
        { name: "sent, most (kB/s)", kind: "number" },
      ],
      rows: protocols.map((name) => {
        const { in: received, out: sent } = of.bandwidth_kBps[name];
        return [
          PROTOCOLS[name],
          ...[received, sent].flatMap((values) => [amount(mean(values)), amount(Math.max(...values))]),
        ];
      }),
    },
  };
}

/** How the rates are spread over the nodes. */
export function bandwidthByNode(of) {
  const shown = [
    ["relay_in", "relay, received"],
    ["relay_out", "relay, sent"],
    ["discv5_in", "discv5, received"],
    ["discv5_out", "discv5, sent"],
  ].filter(([name]) => of.nodes_by_kBps[name]);
  if (shown.length === 0) return null;
  const steps = ({ from, width, counts }) => [
    [from, 0],
    ...counts.map((count, bin) => [from + bin * width, count]),
    [from + counts.length * width, 0],
  ];
  return {
    title: "Bandwidth from node to node",
    reading:
      "The height of a step tells how many relay nodes had that rate over the whole run. A narrow shape: all nodes bear " +
      "the same; a tail to the right: some bear much more.",
    wide: true,
    height: 340,
    option: (colour, width) => ({
      legend: legend(colour),
      tooltip: tooltip(colour, { valueFormatter: (value) => number(value) }),
      grid: frame({ top: 8 + legendHeight(shown.map(([, words]) => words), width) }),
      xAxis: axis(colour, "x", "rate over the run (kB/s)", { scale: true }),
      yAxis: axis(colour, "y", "relay nodes", { minInterval: 1 }),
      series: shown.map(([name, words], index) => ({
        name: words,
        type: "line",
        step: "end",
        showSymbol: false,
        itemStyle: { color: colour.series[index] },
        lineStyle: { width: 1.6, color: colour.series[index] },
        areaStyle: { color: colour.series[index], opacity: 0.16 },
        data: steps(of.nodes_by_kBps[name]),
      })),
    }),
    table: {
      columns: [
        { name: "traffic" },
        { name: "least (kB/s)", kind: "number" },
        { name: "most nodes at (kB/s)", kind: "number" },
        { name: "most (kB/s)", kind: "number" },
      ],
      rows: shown.map(([name, words]) => {
        const { from, width, counts } = of.nodes_by_kBps[name];
        return [
          words,
          amount(from),
          amount(from + counts.indexOf(Math.max(...counts)) * width),
          amount(from + counts.length * width),
        ];
      }),
    },
  };
}
