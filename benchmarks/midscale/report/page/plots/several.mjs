// SPDX-License-Identifier: Apache-2.0 OR MIT
// Bars that set runs beside each other. Their figures are in the table of the overview.
import { axis, frame, legend, LEGEND_PX, tooltip } from "../chart.mjs";
import { amount } from "../words.mjs";

const BAR_PX = 11;

/** `figures` is [[name, summary => number]]: a bar of each for each run. */
function beside({ title, reading, x, unit, figures, colourAt }, runs) {
  const fromBelow = [...runs].reverse();  // the first one is drawn at the top
  return {
    title,
    reading,
    height: () => LEGEND_PX + 50 + runs.length * (figures.length * BAR_PX + 14),
    option: (colour, width) => ({
      legend: legend(colour),
      tooltip: tooltip(colour, { valueFormatter: (value) => `${amount(value)} ${unit}` }),
      grid: frame({ top: LEGEND_PX }),
      xAxis: axis(colour, "x", x, { splitLine: { show: true, lineStyle: { color: colour.line } } }),
      yAxis: axis(colour, "y", "", {
        type: "category",
        data: fromBelow.map(({ name }) => name),
        splitLine: { show: false },
        axisLabel: { color: colour.ink, hideOverlap: false, interval: 0, width: width / 3, overflow: "truncate" },
      }),
      series: figures.map(([name, of], index) => ({
        name,
        type: "bar",
        barWidth: BAR_PX,
        barGap: 0,
        itemStyle: { color: colour.series[colourAt + index] },
        data: fromBelow.map(({ summary }) => of(summary)),
      })),
    }),
    table: null,
  };
}

export function bandwidthOfRuns(runs) {
  return beside(
    {
      title: "Bandwidth of the runs",
      reading: "What a relay node received in the mean over the run, by relay and by discv5. Shorter bars: less to carry.",
      x: "received per relay node (kB/s)",
      unit: "kB/s",
      figures: [
        ["discv5", (summary) => summary.discv5_in_kBps],
        ["relay", (summary) => summary.relay_in_kBps],
      ],
      colourAt: 0,
    },
    runs,
  );
}

export function latencyOfRuns(runs) {
  return beside(
    {
      title: "Latency of the runs",
      reading: "The times within which 50, 95 and 99 of 100 receipts by relay came. Bars far apart: a few came late.",
      x: "latency (ms)",
      unit: "ms",
      figures: [
        ["99 %", (summary) => summary.latency_ms.p99],
        ["95 %", (summary) => summary.latency_ms.p95],
        ["50 %", (summary) => summary.latency_ms.p50],
      ],
      colourAt: 2,
    },
    runs,
  );
}

export function lossOfRuns(runs) {
  if (runs.every(({ summary }) => summary.delivered === 1)) return null;
  return beside(
    {
      title: "Loss of the runs",
      reading: "Of the receipts that were due at relay nodes, the share that did not come. No bar: all came.",
      x: "not delivered (%)",
      unit: "%",
      figures: [["not delivered", (summary) => 100 * (1 - summary.delivered)]],
      colourAt: 4,
    },
    runs,
  );
}
