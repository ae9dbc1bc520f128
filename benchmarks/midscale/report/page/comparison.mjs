// SPDX-License-Identifier: Apache-2.0 OR MIT
// The page of a comparison of two versions.
import { element, table } from "./elements.mjs";
import { figure } from "./figure.mjs";
import { comparisonTable, differences, metricText } from "./plots/differences.mjs";
import { number, plural } from "./words.mjs";

const seedsText = (seeds) => `${plural(seeds.length, "seed")} (${seeds.length > 6 ? `${seeds[0]} to ${seeds[seeds.length - 1]}` : seeds.join(", ")})`;

/** Verdict, what differs, and each group of runs, in elements. */
export function comparisonPart({ differs, groups, remarks }) {
  const rows = groups.flatMap(({ name, metrics }) => metrics.map((row) => ({ ...row, group: name })));
  const significant = rows.filter((row) => row.significant);
  const told = comparisonTable(significant.map((row) => ({ ...row, title: `${row.group}: ${metricText(row.metric)}` })));
  return [
    element(
      "p",
      { class: "question" },
      differs
        ? `${number(significant.length)} of ${plural(rows.length, "metric")} ${significant.length === 1 ? "differs" : "differ"} significantly.`
        : `None of ${plural(rows.length, "metric")} differs significantly.`,
    ),
    element(
      "p",
      { class: "reading" },
      "Each metric's values over the seeds of two versions, by Welch's test; p is corrected over all metrics of all groups " +
        "by Holm's method, so that of equal versions at most one comparison in twenty shows any significant difference.",
    ),
    ...(significant.length > 0 ? [element("h3", {}, "What differs"), table(told.columns, told.rows, { broad: true })] : []),
    ...(remarks.length > 0 ? [element("h3", {}, "What was not compared"), element("ul", {}, remarks.map((each) => element("li", {}, each)))] : []),
    element("h3", {}, "All metrics"),
    element(
      "p",
      { class: "reading" },
      groups.map(({ name, base_seeds: base, new_seeds: changed }) => `${name}: ${seedsText(base)} of the base, ${seedsText(changed)} of the new version. `),
    ),
    element("div", { class: "plots" }, groups.filter(({ metrics }) => metrics.length > 0).map((group) => figure(differences(group)))),
  ];
}
