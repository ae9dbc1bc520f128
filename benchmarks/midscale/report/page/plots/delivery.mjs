// SPDX-License-Identifier: Apache-2.0 OR MIT
import { axis, framesOverEachOther, tooltip } from "../chart.mjs";
import { number, percent } from "../words.mjs";
import { times } from "./bandwidth.mjs";

/** The stretches of time in which fewer nodes were online than are enough: [first point, end). */
function absences(online, enough) {
  const found = [];
  online.forEach((count, point) => {
    if (count >= enough) return;
    const last = found[found.length - 1];
    if (last && last[1] === point) last[1] = point + 1;
    else found.push([point, point + 1]);
  });
  return found;
}

/** Delivery over time, and under it the nodes that were online. */
export function delivery(of) {
  const { expected, delivered, nodes_online: online } = of.delivery;
  if (!expected.some((count) => count > 0)) return null;
  const at = times(of, expected.length);
  const share = expected.map((count, point) => (count === 0 ? null : (100 * delivered[point]) / count));
  const least = Math.min(...share.filter((each) => each !== null));
  const most = Math.max(...online);
  const fewest = Math.min(...online);
  const always = online.filter((count) => count < most).length > online.length / 2;
  const missing = absences(online, always ? online.reduce((sum, each) => sum + each, 0) / online.length : most);
  const all = [expected, delivered].map((counts) => counts.reduce((sum, each) => sum + each, 0));
  const frames = framesOverEachOther(0, [190, 120]);
  return {
    title: "Delivery over time",
    reading:
      "Above: of the receipts that the messages published at that time were to bring, the share that came by the end of " +
      "the run. Below: relay nodes online. " +
      (always
        ? `Nodes came and went all the time; shaded are the times in which fewer than in the mean were online.`
        : fewest < most
          ? "Shaded are the times in which some were offline."
          : "No node was ever offline."),
    wide: true,
    height: frames.height,
    option: (colour) => ({
      tooltip: tooltip(colour, { valueFormatter: (value) => (value === null ? "none due" : number(value, 3)) }),
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      grid: frames.grids,
      xAxis: [
        axis(colour, "x", "", { gridIndex: 0, max: of.simulated_s }),
        axis(colour, "x", "time (s)", { gridIndex: 1, max: of.simulated_s }),
      ],
      yAxis: [
        axis(colour, "y", "delivered (%)", { gridIndex: 0, max: 100, min: Math.max(0, Math.floor(least) - 1) }),
        axis(colour, "y", "relay nodes online", { gridIndex: 1, ...(fewest < most ? { scale: true } : { min: 0 }), minInterval: 1 }),
      ],
      series: [
        {
          name: "delivered (%)",
          type: "line",
          xAxisIndex: 0,
          yAxisIndex: 0,
          showSymbol: false,
          connectNulls: true,
          lineStyle: { width: 1.8, color: colour.series[2] },
          itemStyle: { color: colour.series[2] },
          data: share.map((each, point) => [at[point], each]),
          markArea: {
            silent: true,
            itemStyle: { color: colour.mark },
            data: missing.slice(0, 300).map(([from, to]) => [{ xAxis: at[from] }, { xAxis: at[Math.min(to, at.length - 1)] }]),
          },
        },
        {
          name: "relay nodes online",
          type: "line",
          step: "end",
          xAxisIndex: 1,
          yAxisIndex: 1,
          showSymbol: false,
          lineStyle: { width: 1.6, color: colour.series[4] },
          itemStyle: { color: colour.series[4] },
          areaStyle: { color: colour.series[4], opacity: 0.12 },
          data: online.map((count, point) => [at[point], count]),
        },
      ],
    }),
    table: {
      columns: [{ name: "what" }, { name: "figure", kind: "number" }],
      rows: [
        ["receipts due", number(all[0])],
        ["receipts that came", number(all[1])],
        ["share over the run", percent(all[1] / all[0])],
        ["share at the worst time", `${number(least, 2)} %`],
        ["relay nodes online, most", number(most)],
        ["relay nodes online, least", number(fewest)],
        [always ? "times with fewer than in the mean" : "times with nodes offline", number(missing.length)],
      ],
    },
  };
}
