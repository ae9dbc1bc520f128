// SPDX-License-Identifier: Apache-2.0 OR MIT
/* global LIBRARY_NAME, LIBRARY_VERSION, LIBRARY_LICENCE */
import { followColours } from "./chart.mjs";
import { comparisonPart } from "./comparison.mjs";
import { element, folded, table } from "./elements.mjs";
import { spread } from "./sweep.mjs";
import { studyPart } from "./study.mjs";
import { amount, MEANINGS, number, percent, plural } from "./words.mjs";

const toWords = () => element("a", { href: "#words" }, "What the words mean");

/** The scenarios of the page, each with a link to its part. */
function contents(studies) {
  const most = (runs, of, text) => text(spread(runs, of).most);
  return table(
    [
      { name: "scenario" },
      ...["runs", "nodes", "delivered, least", "time of a run, most (s)", "time in all (s)", "memory, most (MB)"].map((name) => ({
        name,
        kind: "number",
      })),
    ],
    studies.map(({ scenario, title, question, runs }) => [
      element(
        "span",
        {},
        element("a", { href: `#${scenario}` }, title),
        question ? element("span", { class: "meaning" }, question) : null,
      ),
      number(runs.length),
      most(runs, ({ summary }) => summary.nodes, number),
      percent(spread(runs, ({ summary }) => summary.delivered).least),
      most(runs, ({ wall_s: seconds }) => seconds, amount),
      amount(runs.reduce((sum, { wall_s: seconds }) => sum + seconds, 0)),
      most(runs, ({ peak_rss_mb: memory }) => memory, number),
    ]),
    { broad: true },
  );
}

function severalStudies(studies) {
  const count = studies.reduce((sum, { runs }) => sum + runs.length, 0);
  const { machine, version } = studies[0].whole.run;
  return [
    element("h1", {}, "The midscale lab"),
    element(
      "p",
      { class: "facts" },
      `${plural(studies.length, "scenario")}, ${plural(count, "run")}. Made on ${machine.processor}, ${machine.processors} ` +
        `of them, with ${machine.compiler}; version of the lab ${version}. `,
      toWords(),
    ),
    contents(studies),
    ...studies.map((study) =>
      element("section", { id: study.scenario }, element("h2", {}, study.title), ...studyPart(study)),
    ),
  ];
}

const page = document.getElementById("page");
const { studies = [], comparison } = JSON.parse(document.getElementById("data").textContent);
page.append(
  ...(comparison
    ? [element("h1", {}, "Two versions compared"), element("p", { class: "facts" }, toWords()), ...comparisonPart(comparison)]
    : studies.length === 1
    ? [element("h1", {}, studies[0].title), element("p", { class: "facts" }, toWords()), ...studyPart(studies[0])]
    : severalStudies(studies)),
  element("h2", { id: "words" }, "What the words mean"),
  element("dl", { class: "words" }, MEANINGS.flatMap(([word, meaning]) => [element("dt", {}, word), element("dd", {}, meaning)])),
  element(
    "footer",
    {},
    `Plots by ${LIBRARY_NAME} ${LIBRARY_VERSION}, ${LIBRARY_LICENCE}; the topology is laid out by d3-force, ISC. The page ` +
      "itself: Apache-2.0 or MIT. It loads nothing from anywhere.",
    folded(
      "Licences of what is in this page",
      JSON.parse(document.getElementById("notices").textContent).map(({ name, text }) => folded(name, element("pre", {}, text))),
    ),
  ),
);
followColours();
// The parts are made after the page was opened, so it did not find the one that its address names.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
