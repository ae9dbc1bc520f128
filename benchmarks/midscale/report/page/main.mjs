// SPDX-License-Identifier: Apache-2.0 OR MIT
/* global LIBRARY_NAME, LIBRARY_VERSION, LIBRARY_LICENCE */
import { followColours } from "./chart.mjs";
import { element, folded } from "./elements.mjs";
import { overview } from "./overview.mjs";
import { facts, runPart } from "./run.mjs";
import { MEANINGS } from "./words.mjs";

const MOST_OPEN = 3;

const toWords = () => element("a", { href: "#words" }, "What the words mean");

function oneRun(page, run) {
  const { made, show } = runPart(run);
  page.append(element("h1", {}, run.summary.scenario), element("p", { class: "facts" }, facts(run), ". ", toWords()), ...made);
  show();
}

function severalRuns(page, runs) {
  const scenarios = [...new Set(runs.map(({ summary }) => summary.scenario))];
  const waiting = [];
  page.append(
    element("h1", {}, scenarios.length === 1 ? scenarios[0] : "The midscale lab"),
    element("p", { class: "facts" }, `${runs.length} runs. `, toWords()),
    ...overview(runs, waiting),
    element("h2", {}, "Each run"),
  );
  waiting.forEach((step) => step());
  runs.forEach((run, index) => {
    const { made, show } = runPart(run);
    const words = [run.name, ...(scenarios.length === 1 ? [] : [run.summary.scenario]), facts(run)].join(": ");
    const part = element("details", { class: "run", id: `run-${index}` }, element("summary", {}, words), ...made);
    page.append(part);
    part.addEventListener("toggle", () => part.open && show());
    part.open = runs.length <= MOST_OPEN;
  });
  // A link to a run opens it.
  const follow = () => {
    const part = location.hash.startsWith("#run-") ? document.getElementById(location.hash.slice(1)) : null;
    if (part) part.open = true;
  };
  addEventListener("hashchange", follow);
  follow();
}

const page = document.getElementById("page");
const { runs } = JSON.parse(document.getElementById("runs").textContent);
if (runs.length === 1) oneRun(page, runs[0]);
else severalRuns(page, runs);
page.append(
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
