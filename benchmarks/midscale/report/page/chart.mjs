// SPDX-License-Identifier: Apache-2.0 OR MIT
// What all plots have in common, and how they are drawn: as SVG, in the page's colours, anew when those or the width change.
import { BarChart, BoxplotChart, CustomChart, GraphChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([
  AriaComponent,
  BarChart,
  BoxplotChart,
  CustomChart,
  GraphChart,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkAreaComponent,
  MarkLineComponent,
  SVGRenderer,
  TooltipComponent,
]);

const TEXT_PX = 13;

/** The colours that hold now. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: of("paper"),
    ink: of("ink"),
    quiet: of("quiet"),
    line: of("line"),
    mark: of("mark"),
    series: [1, 2, 3, 4, 5, 6, 7].map((each) => of(`series-${each}`)),
  };
}

/** An axis with its name, which has the unit. */
export function axis(colour, direction, name, more = {}) {
  const { axisLabel = {}, ...rest } = more;
  return {
    type: "value",
    name,
    nameTextStyle: { color: colour.quiet, fontSize: TEXT_PX, align: direction === "y" ? "left" : "center" },
    nameLocation: direction === "y" ? "end" : "middle",
    nameGap: direction === "y" ? 12 : 28,
    axisLine: { show: direction === "x", lineStyle: { color: colour.quiet } },
    axisTick: { show: direction === "x", lineStyle: { color: colour.quiet } },
    splitLine: { show: direction === "y", lineStyle: { color: colour.line } },
    axisLabel: { color: colour.quiet, fontSize: TEXT_PX, hideOverlap: true, ...axisLabel },
    ...rest,
  };
}

/** Where a plot lies: within its frame with all of its labels. A legend over it takes LEGEND_PX a line. */
export const LEGEND_PX = 26;
export function frame(more = {}) {
  return { left: 2, right: 18, top: 6, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "all", ...more };
}

/** How high a legend of these names is: about 7 px a letter, as many in a line as fit. */
export function legendHeight(names, width) {
  let lines = 0;
  let left = 0;
  for (const name of names) {
    const own = 34 + 7 * name.length;
    if (own > left) {
      ++lines;
      left = width;
    }
    left -= own;
  }
  return lines * LEGEND_PX;
}

/** Two plots over each other, `top` px from the upper edge, whose times stand below each other. */
export function framesOverEachOther(top, heights) {
  const each = { left: 52, right: 18, outerBoundsMode: "none" };
  const second = top + heights[0] + 76;
  return {
    grids: [
      { ...each, top: top + 26, height: heights[0] },
      { ...each, top: second, height: heights[1] },
    ],
    height: second + heights[1] + 52,
  };
}

export function legend(colour, more = {}) {
  return {
    top: 0,
    left: 0,
    icon: "roundRect",
    itemWidth: 14,
    itemHeight: 8,
    itemGap: 14,
    textStyle: { color: colour.ink, fontSize: TEXT_PX },
    inactiveColor: colour.line,
    ...more,
  };
}

export function tooltip(colour, more = {}) {
  return {
    trigger: "axis",
    confine: true,
    backgroundColor: colour.paper,
    borderColor: colour.line,
    textStyle: { color: colour.ink, fontSize: TEXT_PX },
    ...more,
  };
}

function drawn(plot, width) {
  const colour = colours();
  return {
    animation: false,
    color: colour.series,
    textStyle: { fontFamily: "system-ui, -apple-system, Segoe UI, Roboto, Arial, sans-serif", fontSize: TEXT_PX },
    ...plot.option(colour, width),
  };
}

const waiting = new Map();
const charts = [];

function drawInto(plot, into) {
  const height = () => (typeof plot.height === "function" ? plot.height(into.clientWidth) : (plot.height ?? 320));
  into.style.height = `${height()}px`;
  const chart = init(into, null, { renderer: "svg" });
  chart.setOption(drawn(plot, into.clientWidth));
  let width = into.clientWidth;
  const again = () => {
    into.style.height = `${height()}px`;
    chart.resize();
    chart.setOption(drawn(plot, into.clientWidth), true);
  };
  charts.push(again);
  new ResizeObserver(() => {
    if (into.clientWidth === width || into.clientWidth === 0) return;
    width = into.clientWidth;
    again();
  }).observe(into);
}

function drawWaiting(into) {
  if (!waiting.has(into) || into.clientWidth === 0) return;
  drawInto(waiting.get(into), into);
  waiting.delete(into);
  nearby.unobserve(into);
}

// A page of many studies would take seconds to draw at once.
const nearby = new IntersectionObserver(
  (entries) => entries.filter(({ isIntersecting }) => isIntersecting).forEach(({ target }) => drawWaiting(target)),
  { rootMargin: "1200px" },
);

/** Draws a plot into an element as soon as that is near to what is seen of the page, or printed. */
export function draw(plot, into) {
  into.style.height = `${typeof plot.height === "function" ? 320 : (plot.height ?? 320)}px`;
  waiting.set(into, plot);
  nearby.observe(into);
}

/** Draws all anew when the colours of the page change, which they do for the printer too, for which all is drawn. */
export function followColours() {
  const all = () => charts.forEach((again) => again());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  matchMedia("print").addEventListener("change", all);
  addEventListener("beforeprint", () => [...waiting.keys()].forEach(drawWaiting));
}
