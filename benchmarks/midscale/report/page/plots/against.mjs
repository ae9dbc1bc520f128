// SPDX-License-Identifier: Apache-2.0 OR MIT
// A figure against the parameter that a study varies.
import { axis, frame, legend, legendHeight, tooltip } from "../chart.mjs";
import { element } from "../elements.mjs";
import { spread, valueText } from "../sweep.mjs";
import { amount, number } from "../words.mjs";

// How the members of a figure are told apart where their colours do not: lines, or points where there are none.
const LINES = [
  { words: "solid", dash: "solid", symbol: "circle", size: 7 },
  { words: "dashed", dash: "dashed", symbol: "circle", size: 7 },
  { words: "dotted", dash: "dotted", symbol: "circle", size: 7 },
];
const POINTS = [
  { words: "dots", symbol: "circle", size: 7 },
  { words: "hollow squares", symbol: "rect", size: 10, hollow: true },
  { words: "hollow diamonds", symbol: "diamond", size: 15, hollow: true },
];
const COLOURS = 7;
const SYMBOLS = ["circle", "rect", "triangle", "diamond"];
// An axis whose largest value is so many times the least has steps of equal factors.
const WIDE_VALUES = 16;
const WIDE_FIGURES = 50;
const BAR_PX = 5;  // from one bar to that of the next line
const LEAST_BAR_PX = 6;

/** Where the values of the swept parameter stand on their axis. */
function placesOf(values) {
  const numbers = values.every((each) => typeof each === "number");
  const factors = numbers && values[0] > 0 && values[values.length - 1] >= WIDE_VALUES * values[0];
  const at = (value) => (factors ? Math.log2(value) : numbers ? value : values.indexOf(value));
  const places = values.map(at);
  const edge = (Math.max(...places) - Math.min(...places) || 1) * 0.06;
  return { factors, at, places, from: Math.min(...places) - edge, to: Math.max(...places) + edge };
}

/** The ways in which members are drawn, where they lie on each other or share their colour with others; else none. */
function waysOf({ members, overlapping }, { lines, axis: along }) {
  if (members.length < 2 || members.length > LINES.length || !(overlapping || lines.length > 1)) return [];
  return members.map(({ theory }, index) => (theory ? POINTS[2] : along.swept ? LINES[index] : POINTS[index]));
}

/** The studies to draw a figure of: where it has many members, one for each line, else the whole. */
export function apart(figure, sweep) {
  if (figure.members.length <= LINES.length || sweep.lines.length === 1) return [[figure, sweep]];
  return sweep.lines.map((line) => [{ ...figure, title: `${figure.title}, ${line.name}` }, { ...sweep, lines: [line] }]);
}

/** What is drawn: for each line and member a series of points with mean, least and most. */
function seriesOf(figure, sweep) {
  const { members } = figure;
  const { lines } = sweep;
  const ways = waysOf(figure, sweep);
  return lines.flatMap((line, lineIndex) =>
    members.map((member, memberIndex) => {
      const which = lines.length === 1 ? memberIndex : lineIndex;
      return {
        name: lines.length === 1 ? member.name : line.name,
        full: [line.name, members.length > 1 ? member.name : ""].filter(Boolean).join(", "),
        colourAt: which,
        way: ways[memberIndex] ?? { ...LINES[0], symbol: SYMBOLS[Math.floor(which / COLOURS) % SYMBOLS.length] },
        points: line.points
          .map(({ value, runs }) => ({ value, ...spread(runs, member.of) }))
          .filter(({ mean }) => mean !== undefined),
      };
    }),
  ).filter(({ points }) => points.length > 0);
}

/** From the least to the most, beside the point, so that bars do not hide each other; none where a point would hide it. */
function errorBar(colour, aside) {
  return (_, api) => {
    const at = (figure) => api.coord([api.value(0), api.value(figure)]);
    const [[place, low], [, high]] = [at(1), at(2)];
    const x = place + aside;
    if (low - high < LEAST_BAR_PX) return null;
    const stroke = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 1.3 } });
    return { type: "group", children: [stroke(x, low, x, high), ...[low, high].map((y) => stroke(x - 3, y, x + 3, y))] };
  };
}

const rangeText = ({ least, most, count }) => (count > 1 && least !== most ? ` (${amount(least)}–${amount(most)})` : "");

/** One or two sentences on what the lines and their bars are. */
function howDrawn(figure, sweep, ranges) {
  const along = sweep.axis;
  const ways = waysOf(figure, sweep);
  const told = [];
  if (ways.length > 0) told.push(`${figure.members.map(({ name }, index) => `${name}: ${ways[index].words}`).join("; ")}.`);
  if (!along.swept) told.push("The runs differ in their seeds alone.");
  if (ranges.x.factors) told.push(`Steps of the same length multiply ${along.name.replaceAll("_", " ")} by the same factor.`);
  if (ranges.y.factors) told.push("Each step upwards is ten times as much.");
  else if (!ranges.y.fromZero) told.push("The upright axis does not begin at 0.");
  return told.map((each) => each[0].toUpperCase() + each.slice(1)).join(" ");
}

/** How the upright axis runs: from 0, or from near the least where all is close together, or in steps of ten times. */
function heightsOf(drawn, closeUp) {
  const all = drawn.flatMap(({ points }) => points.flatMap(({ least, most }) => [least, most]));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const factors = low > 0 && high > WIDE_FIGURES * low;
  const fromZero = factors || low < (closeUp ? 0.5 : 0.8) * high;
  return { factors, fromZero, low, high };
}

/** True where a figure is the same in all runs. */
export function alike(figure, sweep) {
  const all = seriesOf(figure, sweep).map(({ points }) => points);
  const first = all[0]?.[0];
  return all.flat().every(({ least, most }) => least === first.mean && most === first.mean);
}

/**
 * The plot of a figure {title, reading, y, unit, members: [{name, of: run => number or null}], most} of a study: a line
 * for each combination of what is varied besides, and each member. Null where nothing is known.
 */
export function against(figure, sweep) {
  const drawn = seriesOf(figure, sweep);
  if (drawn.length === 0) return null;
  const along = sweep.axis;
  const colours = 1 + Math.max(...drawn.map(({ colourAt }) => colourAt));
  const x = placesOf(along.values);
  const y = heightsOf(drawn, figure.closeUp);
  const names = drawn.length > 1 ? [...new Set(drawn.map(({ name }) => name))] : [];
  const unit = along.unit && along.unit !== along.name ? ` (${along.unit})` : "";
  const headings = [along.name, ...sweep.others].map((name) => ({ name: name.replaceAll("_", " "), kind: "head" }));
  return {
    title: figure.title,
    reading: [figure.reading, howDrawn(figure, sweep, { x, y })].filter(Boolean).join(" "),
    height: (width) => 290 + legendHeight(names, width),
    option: (colour, width) => ({
      legend: names.length > 0 ? legend(colour, { data: names }) : undefined,
      tooltip: tooltip(colour, {
        formatter: (shown) => {
          const points = shown.filter(({ seriesType }) => seriesType === "line");
          if (points.length === 0) return "";
          const { series, point } = points[0].data;
          return element(
            "div",
            {},
            element("div", {}, `${along.name.replaceAll("_", " ")} ${valueText(point.value)}`),
            points.map(({ data }) =>
              element("div", {}, `${data.series.full || series.name}: ${amount(data.point.mean)} ${figure.unit}${rangeText(data.point)}`),
            ),
          );
        },
      }),
      grid: frame({ top: legendHeight(names, width) + 6 }),
      xAxis: axis(colour, "x", `${along.name.replaceAll("_", " ")}${unit}`, {
        min: x.from,
        max: x.to,
        splitLine: { show: false },
        axisTick: { show: true, customValues: x.places, lineStyle: { color: colour.quiet } },
        axisLabel: {
          customValues: x.places,
          formatter: (place) => {
            const nearest = x.places.reduce((best, each, index) => (Math.abs(each - place) < Math.abs(x.places[best] - place) ? index : best), 0);
            return valueText(along.values[nearest]);
          },
        },
      }),
      yAxis: axis(colour, "y", figure.y, {
        type: y.factors ? "log" : "value",
        scale: !y.fromZero,
        max: figure.most !== undefined && y.high > 0.98 * figure.most ? figure.most : undefined,
        min: y.high === 0 ? 0 : y.low === figure.most ? 0.99 * y.low : undefined,
      }),
      series: drawn.flatMap((series) => {
        const own = colour.series[series.colourAt % COLOURS];
        const spreads = series.points.filter(({ least, most }) => least !== most);
        return [
          {
            name: series.name,
            type: "line",
            symbol: series.way.symbol,
            symbolSize: series.way.size,
            itemStyle: series.way.hollow ? { color: "transparent", borderColor: own, borderWidth: 1.6 } : { color: own },
            lineStyle: { width: along.swept && series.way.dash ? 1.8 : 0, color: own, type: series.way.dash },
            data: series.points.map((point) => ({ value: [x.at(point.value), point.mean], series, point })),
          },
          ...(spreads.length === 0
            ? []
            : [
                {
                  name: series.name,
                  type: "custom",
                  silent: true,
                  itemStyle: { color: own },
                  renderItem: errorBar(own, (series.colourAt - (colours - 1) / 2) * BAR_PX),
                  encode: { x: 0, y: [1, 2] },
                  data: spreads.map(({ value, least, most }) => [x.at(value), least, most]),
                },
              ]),
        ];
      }),
    }),
    table: {
      columns: [
        ...headings,
        ...(figure.members.length > 1 ? [{ name: "figure" }] : []),
        ...["mean", "least", "most"].map((name) => ({ name: figure.unit ? `${name} (${figure.unit})` : name, kind: "number" })),
      ],
      rows: sweep.lines.flatMap((line) =>
        line.points.flatMap(({ value, runs }) =>
          figure.members.map(({ name, of }) => {
            const found = spread(runs, of);
            return [
              ...[value, ...line.values].map(valueText),
              ...(figure.members.length > 1 ? [name] : []),
              ...(found ? [found.mean, found.least, found.most].map((each) => number(each, 3)) : ["–", "", ""]),
            ];
          }),
        ),
      ),
    },
  };
}
