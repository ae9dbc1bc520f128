// SPDX-License-Identifier: Apache-2.0 OR MIT
import { draw } from "./chart.mjs";
import { element, folded, table } from "./elements.mjs";

/** A plot with its title, how to read it, and its figures as a table. */
export function figure(plot) {
  const chart = element("div", {
    class: "chart",
    role: "img",
    "aria-label": `${plot.title}. ${plot.reading}${plot.table ? " The figures follow as a table." : ""}`,
  });
  draw(plot, chart);
  return element(
    "figure",
    plot.wide ? { class: "wide" } : {},
    element("h4", {}, plot.title),
    element("p", { class: "reading" }, plot.reading),
    chart,
    plot.table ? folded("Figures as a table", table(plot.table.columns, plot.table.rows, { broad: plot.table.columns.length > 3 })) : null,
  );
}
