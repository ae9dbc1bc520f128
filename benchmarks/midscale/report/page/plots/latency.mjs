// SPDX-License-Identifier: Apache-2.0 OR MIT
import { axis, frame, tooltip } from "../chart.mjs";
import { number, percent } from "../words.mjs";

// Times of which one is so many times the other need steps of ten times.
const LONG = 20;

/** The share of receipts that had come within a time. */
export function latency(of) {
  const values = of.latency.quantiles_ms;
  if (values.length === 0) return null;
  const last = values.length - 1;
  const at = (share) => values[Math.round(share * last)];
  const long = values[last] > LONG * at(0.5) && values[0] > 0;
  return {
    title: "Latency of messages",
    reading:
      "The line rises to the share of receipts that came by relay within the time below it. The dashed lines are the " +
      "times within which 50, 95 and 99 of 100 came." + (long ? " Each step of the time axis is ten times as long." : ""),
    height: 340,
    option: (colour) => ({
      tooltip: tooltip(colour, {
        formatter: ([point]) => `${number(point.value[1], 2)} % within ${number(point.value[0], 1)} ms`,
      }),
      grid: frame(),
      xAxis: axis(colour, "x", "latency (ms)", long ? { type: "log", min: "dataMin", axisLabel: { formatter: (value) => number(value) } } : { min: 0 }),
      yAxis: axis(colour, "y", "receipts (%)", { max: 100 }),
      series: [
        {
          type: "line",
          showSymbol: false,
          lineStyle: { width: 2, color: colour.series[0] },
          itemStyle: { color: colour.series[0] },
          data: values.map((value, index) => [value, (index / last) * 100]),
          markLine: {
            symbol: "none",
            silent: true,
            lineStyle: { color: colour.quiet, type: "dashed" },
            label: { color: colour.ink, fontSize: 12, formatter: "{b}", position: "insideEndTop" },
            data: [
              { name: "50 %", xAxis: at(0.5) },
              { name: "95 %", xAxis: at(0.95), label: { position: "insideMiddleTop" } },
              { name: "99 %", xAxis: at(0.99), label: { position: "insideStartTop" } },
            ],
          },
        },
      ],
    }),
    table: {
      columns: [{ name: "receipts" }, { name: "came within (ms)", kind: "number" }],
      rows: [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1].map((share) => [percent(share), number(at(share), 1)]),
    },
  };
}

/** Box plots of latency by the number of hops. */
export function latencyByHops(of) {
  const rows = of.latency.by_hops;
  if (rows.length === 0) return null;
  const all = rows.flatMap(({ box_ms: box }) => box);
  const long = Math.min(...all) > 0 && Math.max(...all) > LONG * Math.min(...all);
  return {
    title: "Latency by hops",
    reading:
      "A box holds the middle half of the receipts that came over so many hops, its line is their median; from the lower " +
      "to the upper end of the whiskers lie 90 of 100." + (long ? " Each step upwards is ten times as long." : ""),
    height: 340,
    option: (colour) => ({
      tooltip: tooltip(colour, {
        trigger: "item",
        formatter: ({ dataIndex }) => {
          const { hops, box_ms: box } = rows[dataIndex];
          return `hops: ${hops}<br>5 %: ${box[0]} ms<br>25 %: ${box[1]} ms<br>median: ${box[2]} ms<br>75 %: ${box[3]} ms<br>95 %: ${box[4]} ms`;
        },
      }),
      grid: frame(),
      xAxis: axis(colour, "x", "hops from the publisher", { type: "category", data: rows.map(({ hops }) => `${hops}`) }),
      yAxis: axis(colour, "y", "latency (ms)", long ? { type: "log" } : {}),
      series: [
        {
          type: "boxplot",
          boxWidth: [8, 46],
          itemStyle: { color: `${colour.series[0]}33`, borderColor: colour.series[0], borderWidth: 1.6 },
          data: rows.map(({ box_ms: box }) => box),
        },
      ],
    }),
    table: {
      columns: ["hops", "5 % (ms)", "25 % (ms)", "median (ms)", "75 % (ms)", "95 % (ms)"].map((name) => ({
        name,
        kind: name === "hops" ? undefined : "number",
      })),
      rows: rows.map(({ hops, box_ms: box }) => [`${hops}`, ...box.map((value) => number(value, 1))]),
    },
  };
}
