// SPDX-License-Identifier: Apache-2.0 OR MIT
// Bars: how many of something have a count or a number.
import { axis, frame, tooltip } from "../chart.mjs";
import { amount, number, percent } from "../words.mjs";
import { besideTopology } from "./topology.mjs";

/** Bars over names. `rows` is [[name, count, text]]. */
function bars({ title, reading, rows, x, y, colourAt, columns, told, height = 320, ofAll = false }) {
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const value = (count) => (ofAll ? (100 * count) / total : count);
  return {
    title,
    reading,
    height,
    option: (colour) => ({
      tooltip: tooltip(colour, { valueFormatter: (shown) => (ofAll ? `${number(shown, 2)} %` : number(shown)) }),
      grid: frame(),
      xAxis: axis(colour, "x", x, { type: "category", data: rows.map(([name]) => name) }),
      yAxis: axis(colour, "y", y, ofAll ? {} : { minInterval: 1 }),
      series: [
        {
          type: "bar",
          barMaxWidth: 56,
          barCategoryGap: "12%",
          itemStyle: { color: colour.series[colourAt] },
          data: rows.map(([, count]) => value(count)),
        },
      ],
    }),
    table: { columns, rows: rows.map(told ?? (([name, count]) => [name, number(count), percent(count / total)])) },
  };
}

/** The bins of a histogram as rows; `whole` where values are whole numbers. */
function bins({ from, width, counts }, whole) {
  return counts.map((count, bin) => {
    const low = from + bin * width;
    if (!whole) return [amount(low), count];
    return [width === 1 ? number(low) : `${number(low)}–${number(low + width - 1)}`, count];
  });
}

const columnsOf = (first, second) => [{ name: first }, { name: second, kind: "number" }, { name: "share", kind: "number" }];

export function hops(of) {
  const rows = of.latency.by_hops.map(({ hops: count, receipts }) => [`${count}`, receipts]);
  if (rows.length === 0) return null;
  return bars({
    title: "How far messages travel",
    reading: "Of all receipts by relay, the share that came over so many hops. Bars to the left: short ways.",
    rows,
    x: "hops from the publisher",
    y: "receipts (%)",
    colourAt: 0,
    columns: columnsOf("hops", "receipts"),
    ofAll: true,
  });
}

export function duplicates(of) {
  const { copies, duplicates: more, by_message: histogram } = of.duplicates;
  if (copies === 0) return null;
  const each = `In the mean a node got ${amount(more / Math.max(copies - more, 1))} copies more than the one it needed.`;
  if (!histogram || histogram.counts.length === 0) {
    return bars({
      title: "Duplicates",
      reading: `Whole messages that came to relay nodes: the first copy of each, and those that came after. ${each}`,
      rows: [
        ["first copies", copies - more],
        ["duplicates", more],
      ],
      x: "",
      y: "copies (%)",
      colourAt: 1,
      columns: columnsOf("copies", "count"),
      ofAll: true,
    });
  }
  return bars({
    title: "Duplicates",
    reading:
      "A bar tells how many messages had, from its mark on, so many further copies per node that already had them. " + each,
    rows: bins(histogram, false),
    x: "further copies per node",
    y: "messages",
    colourAt: 1,
    columns: columnsOf("further copies per node, from", "messages"),
  });
}

export function degrees(of) {
  const rows = bins(of.topology.degrees, true);
  if (rows.length === 0) return null;
  return bars({
    title: "Connections of nodes",
    reading: "How many relay nodes began with so many connections. One bar: all nodes are alike; a tail: there are hubs.",
    rows,
    x: "connections",
    y: "relay nodes",
    colourAt: 2,
    height: besideTopology,
    columns: columnsOf("connections", "relay nodes"),
  });
}
