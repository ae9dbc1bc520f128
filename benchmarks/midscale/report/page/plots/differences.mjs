// SPDX-License-Identifier: Apache-2.0 OR MIT
// What two versions differ in, beside how much chance makes them differ.
import { axis, frame, tooltip } from "../chart.mjs";
import { element } from "../elements.mjs";
import { amount, percent } from "../words.mjs";

const ROW_PX = 24;
const FARTHEST = 10;  // what differs by more is drawn there

/** The difference in per cent of the base; empty where that is 0. */
export function changeText({ base, difference }) {
  if (base.mean === 0) return "";
  return `${difference > 0 ? "+" : ""}${percent(difference / Math.abs(base.mean))}`;
}

export const metricText = (metric) => metric.replace(/^told\./, "").replaceAll("_", " ").replaceAll(".", ", ");

/** Half of the interval in which the true difference is: what chance may be. */
const chanceOf = ({ between: [low, high] }) => (high - low) / 2;

/** How many times what chance may be the difference is. */
function timesOf(row) {
  if (row.difference === 0) return 0;
  const times = chanceOf(row) === 0 ? Math.sign(row.difference) * FARTHEST : row.difference / chanceOf(row);
  return Math.max(-FARTHEST, Math.min(FARTHEST, times));
}

function interval(colours, rows) {
  return ({ dataIndex }, api) => {
    const [[low, y], [high], [middle]] = [0, 1, 2].map((place) => api.coord([api.value(place), api.value(3)]));
    const style = { stroke: colours[dataIndex], lineWidth: rows[dataIndex].significant ? 2.4 : 1.4 };
    const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
    return {
      type: "group",
      children: [
        line(low, y, high, y),
        ...[low, high].map((x) => line(x, y - 4, x, y + 4)),
        { type: "circle", shape: { cx: middle, cy: y, r: 4 }, style: { fill: colours[dataIndex] } },
      ],
    };
  };
}

/** The metrics of a group of runs, each as its difference and where the true one is. */
export function differences(group) {
  const rows = [...group.metrics].reverse();  // the first one is drawn at the top
  return {
    title: group.name,
    reading:
      "A dot is the difference of a metric, new less base, as a multiple of what chance may make of it; the bar is where " +
      "the true difference is, 95 times of 100. Among many metrics some bars leave out 0 by chance: what still differs " +
      `after the correction is thick and red. More than ${FARTHEST} times is drawn at ${FARTHEST}.`,
    wide: true,
    height: () => 60 + ROW_PX * rows.length,
    option: (colour, width) => {
      const own = rows.map(({ significant }) => colour.series[significant ? 4 : 0]);
      const far = FARTHEST + 2;
      return {
        tooltip: tooltip(colour, {
          trigger: "item",
          formatter: ({ dataIndex }) => {
            const row = rows[dataIndex];
            return element(
              "div",
              {},
              element("div", {}, metricText(row.metric)),
              element("div", {}, `base ${amount(row.base.mean)}, new ${amount(row.new.mean)} ${changeText(row)}`),
              element("div", {}, `difference ${amount(row.difference)}, from ${amount(row.between[0])} to ${amount(row.between[1])}`),
            );
          },
        }),
        grid: frame(),
        xAxis: axis(colour, "x", width < 500 ? "difference (times chance)" : "difference (times what chance may be)", {
          min: -far,
          max: far,
          interval: 4,
          splitLine: { show: true, lineStyle: { color: colour.line } },
          axisLabel: { formatter: (value) => `${Math.round(value * 10) / 10}` },
        }),
        yAxis: axis(colour, "y", "", {
          type: "category",
          data: rows.map(({ metric }) => metricText(metric)),
          splitLine: { show: false },
          axisLabel: { color: colour.ink, hideOverlap: false, interval: 0, width: width < 500 ? 130 : 260, overflow: "truncate" },
        }),
        series: [
          {
            type: "custom",
            renderItem: interval(own, rows),
            encode: { x: [0, 1, 2], y: 3 },
            data: rows.map((row, index) => [timesOf(row) - (chanceOf(row) > 0 ? 1 : 0), timesOf(row) + (chanceOf(row) > 0 ? 1 : 0), timesOf(row), index]),
            markLine: {
              symbol: "none",
              silent: true,
              lineStyle: { color: colour.quiet, type: "solid" },
              label: { show: false },
              data: [{ xAxis: 0 }],
            },
          },
        ],
      };
    },
    table: comparisonTable(group.metrics),
  };
}

/** The same as a table, and whatever rows are to be told. */
export function comparisonTable(rows) {
  return {
    columns: [
      { name: "metric" },
      ...["base", "new", "change", "difference", "95 % interval", "corrected p"].map((name) => ({ name, kind: "number" })),
      { name: "verdict" },
    ],
    rows: rows.map((row) => [
      row.title ?? metricText(row.metric),
      amount(row.base.mean),
      amount(row.new.mean),
      changeText(row),
      amount(row.difference),
      `${amount(row.between[0])} to ${amount(row.between[1])}`,
      row.corrected_p < 0.0001 ? "< 0.0001" : amount(row.corrected_p),
      row.significant ? "differs" : "",
    ]),
  };
}
