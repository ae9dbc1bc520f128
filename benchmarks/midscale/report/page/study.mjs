// SPDX-License-Identifier: Apache-2.0 OR MIT
// The part of the page that is about one scenario.
import { element, folded, table } from "./elements.mjs";
import { figure } from "./figure.mjs";
import { figuresOf } from "./figures.mjs";
import { against, alike, apart } from "./plots/against.mjs";
import { lightTable } from "./plots/light.mjs";
import { facts, parametersTable, runPart } from "./run.mjs";
import { pointText, spread, sweepOf, valueText } from "./sweep.mjs";
import { amount, number, percent, plural, wordsOf } from "./words.mjs";

const MOST_COLUMNS = 8;  // of figures in one table

const columns = [
  ["delivered", ({ summary }) => summary.delivered, percent],
  ["latency, 50 % within (ms)", ({ summary }) => summary.latency_ms.p50, number],
  ["95 % within (ms)", ({ summary }) => summary.latency_ms.p95, number],
  ["99 % within (ms)", ({ summary }) => summary.latency_ms.p99, number],
  ["relay received (kB/s)", ({ summary }) => summary.relay_in_kBps, amount],
  ["relay sent (kB/s)", ({ summary }) => summary.relay_out_kBps, amount],
  ["discv5 received (kB/s)", ({ summary }) => summary.discv5_in_kBps, amount],
  ["further copies", ({ summary }) => summary.duplicates_per_message, amount],
  ["time taken (s)", ({ wall_s: seconds }) => seconds, amount],
  ["memory (MB)", ({ peak_rss_mb: memory }) => memory, number],
];

/** Mean of some runs, and where they differ the least and the most under it. */
function spreadCell(runs, of, text) {
  const found = spread(runs, of);
  if (!found) return "–";
  const [mean, least, most] = [found.mean, found.least, found.most].map((each) => text(each));
  const unit = "\u00a0%";
  const range = `${most.endsWith(unit) && least.endsWith(unit) ? least.slice(0, -unit.length) : least}–${most}`;
  return least === most ? mean : element("span", {}, mean, element("span", { class: "spread" }, range));
}

/** A row for each combination of what is varied, `of` [[name, run => number, number => text]] in columns. */
function combinationTables(sweep, of, more = []) {
  const names = [...(sweep.axis.swept ? [sweep.axis.name] : ["runs"]), ...sweep.others];
  const points = sweep.lines.flatMap((line) => line.points.map((point) => ({ line, point })));
  const rows = sweep.axis.swept
    ? points.map(({ line, point }) => ({ heads: [valueText(point.value), ...line.values.map(valueText)], runs: point.runs }))
    : [{ heads: ["all"], runs: sweep.runs }];
  const parts = Array.from({ length: Math.ceil(of.length / MOST_COLUMNS) }, (_, part) => of.slice(part * MOST_COLUMNS, (part + 1) * MOST_COLUMNS));
  return parts.map((part, index) => {
    const shown = index === parts.length - 1 ? [...part, ...more] : part;
    return table(
      [
        ...names.map((name) => ({ name: name.replaceAll("_", " "), kind: "head" })),
        ...shown.map(([name]) => ({ name, kind: "number" })),
      ],
      rows.map(({ heads, runs }) => [...heads, ...shown.map(([, value, text]) => spreadCell(runs, value, text))]),
      { broad: true },
    );
  });
}

/** The rows of light nodes of some runs, put together by strategy; of latencies the mean. */
function lightRows(runs) {
  const rows = runs.flatMap(({ light }) => light);
  return [...new Set(rows.map(({ strategy }) => strategy))].map((strategy) => {
    const own = rows.filter((row) => row.strategy === strategy);
    const sum = (name) => own.reduce((total, row) => total + row[name], 0);
    return {
      strategy,
      ...Object.fromEntries(["nodes", "expected", "missed", "recovered", "published", "wrong_verdicts"].map((name) => [name, sum(name)])),
      extra_bytes: own.some((row) => row.extra_bytes === null) ? null : sum("extra_bytes"),
      latency_ms: Object.fromEntries(["p50", "p95", "p99"].map((name) => [name, spread(own, (row) => row.latency_ms[name])?.mean ?? null])),
    };
  });
}

function plotsOf(figures, sweep) {
  const shown = figures.filter((each) => each.always || !alike(each, sweep));
  const plots = shown.flatMap((each) => apart(each, sweep)).map((each) => against(...each)).filter(Boolean);
  return plots.length === 0 ? [] : [element("div", { class: "plots" }, plots.map((plot) => figure(plot)))];
}

function lightPart(figures, sweep) {
  if (figures.length === 0) return [];
  const groups = sweep.axis.swept
    ? sweep.lines.flatMap((line) => line.points.map((point) => [pointText(sweep, line, point), point.runs]))
    : [["All runs", sweep.runs]];
  return [
    element("h3", {}, "Light nodes: what each strategy brings and costs"),
    element(
      "p",
      { class: "reading" },
      "A row is the light nodes that use one strategy, summed over seeds; those of one table were in the same networks. " +
        "Percentages are of the messages that they were to be shown, latencies are means over seeds. Extra bytes are those " +
        "beyond what a node of the row “none” had.",
    ),
    ...groups.map(([words, runs]) => {
      const { columns: names, rows } = lightTable(lightRows(runs));
      return table(names, rows, { broad: true, caption: words });
    }),
    ...plotsOf(figures, sweep),
  ];
}

function toldPart(study, figures, sweep) {
  const told = Object.values(study.told);
  if (told.length === 0) return [];
  const named = ({ name, unit }) => `${wordsOf(name).toLowerCase()}${unit ? ` (${unit})` : ""}`;
  return [
    element("h3", {}, "What this scenario tells besides"),
    ...combinationTables(sweep, told.map((each) => [named(each), ({ summary }) => summary.told?.[each.name] ?? null, amount])),
    folded(
      "What these figures mean",
      element("dl", { class: "words" }, told.map((each) => [element("dt", {}, named(each)), element("dd", {}, each.meaning)])),
    ),
    ...plotsOf(figures, sweep),
  ];
}

function runsTable(runs) {
  return table(
    [{ name: "run" }, { name: "seed", kind: "number" }, ...columns.map(([name]) => ({ name, kind: "number" }))],
    runs.map((run) => [run.name, `${run.summary.seed}`, ...columns.map(([, of, text]) => text(of(run)))]),
    { broad: true },
  );
}

const list = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`);

/** What was run, in a sentence or two. */
export function studyFacts(study) {
  if (study.runs.length === 1) return facts(study.runs[0]);
  const sweep = sweepOf(study);
  const seeds = new Set(sweep.runs.map(({ summary }) => summary.seed)).size;
  const spoken = (name) => name.replaceAll("_", " ");
  const varied = sweep.axis.swept ? [sweep.axis.name, ...sweep.others] : [];
  const along = Object.entries(sweep.along).map(([name, names]) => ` ${list(names.map(spoken))} change with ${spoken(name)}.`);
  const sizes = spread(sweep.runs, ({ summary }) => summary.nodes);
  const nodes = sizes.least === sizes.most ? plural(sizes.most, "node") : `${number(sizes.least)} to ${plural(sizes.most, "node")}`;
  return (
    `${plural(sweep.runs.length, "run")} of ${nodes}, ${number(sweep.runs[0].summary.simulated_s)} s simulated, with ${plural(seeds, "seed")}. ` +
    (varied.length > 0 ? `Varied: ${list(varied.map(spoken))}.` : "Nothing but the seed is varied.") + along.join("")
  );
}

function severalRuns(study) {
  const sweep = sweepOf(study);
  const figures = figuresOf(study);
  const discv5 = study.runs.some(({ summary }) => summary.discv5_in_kBps > 0);
  const repeated = !sweep.axis.swept || sweep.lines.some(({ points }) => points.some(({ runs }) => runs.length > 1));
  const shown = columns.filter(([name]) => discv5 || !name.startsWith("discv5"));
  return [
    element(
      "p",
      { class: "reading" },
      (repeated
        ? "A row is the mean over the seeds, with the least and the most under it; in plots a point is the mean, and its " +
          "bar goes from the least to the most. "
        : "A row is a run. ") +
        "Rates are means per relay node; further copies are what a node got of a message beyond the one it needed; time " +
        "and memory are what a run took.",
    ),
    ...combinationTables(sweep, shown.slice(0, -2), shown.slice(-2)),
    ...plotsOf(figures.relay, sweep),
    ...lightPart(figures.light, sweep),
    ...toldPart(study, figures.told, sweep),
    folded(`Each of the ${plural(sweep.runs.length, "run")}`, runsTable(sweep.runs)),
    folded("Parameters of the first run", parametersTable(study.parameters)),
    wholeRun(study.whole),
  ];
}

/** One run with all its plots, which are made when it is opened. */
function wholeRun(run) {
  const part = element("details", { class: "run" }, element("summary", {}, `The run that delivered least, with its plots over time: ${run.name}`));
  part.addEventListener("toggle", () => part.open && part.children.length === 1 && part.append(...runPart(run)));
  return part;
}

/** Question, findings and all figures of a study, in elements. */
export function studyPart(study) {
  return [
    study.question ? element("p", { class: "question" }, study.question) : null,
    element("p", { class: "facts" }, `midscale run ${study.scenario}. ${studyFacts(study)}`),
    study.findings.length > 0 ? element("ul", { class: "findings" }, study.findings.map((each) => element("li", {}, each))) : null,
    ...(study.runs.length === 1 ? runPart(study.whole) : severalRuns(study)),
  ].filter(Boolean);
}
