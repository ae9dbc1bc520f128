// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which parameters the runs of a study differ in, and the runs by their values.
import { number } from "./words.mjs";

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The values that something has over the runs, each once: numbers by size, others as they come. */
function valuesOf(runs, of) {
  const values = [];
  for (const run of runs) if (!values.some((each) => same(each, of(run)))) values.push(of(run));
  return values.every((each) => typeof each === "number") ? values.sort((one, other) => one - other) : values;
}

/** A value as people read it. */
export function valueText(value) {
  if (typeof value === "number") return number(value, 6);
  if (value === undefined) return "not known";
  return value === "" ? "none" : `${value}`;
}

/** A parameter with a value, as the name of a line. */
function withUnit(name, value, units) {
  const unit = units[name];
  const told = !unit || ["share", name].includes(unit) ? "" : ` ${unit}`;
  return `${name.replaceAll("_", " ")} ${valueText(value)}${told}`;
}

/**
 * The runs of a study in the order in which they are drawn. `axis` {name, values, of} is the parameter along which plots
 * go: of those that differ the one with the most numbers; where only seeds differ, the seed. `others` are the names of
 * those that differ besides; `along` are parameters that change with one of them, and only with it. `lines` are the
 * combinations of the others, with a point {value, runs} for each value of the axis that was run.
 */
export function sweepOf(study) {
  const { values: common, units } = study.parameters;
  const runs = study.runs.map((run) => ({ ...run, values: { ...common, ...run.values } }));
  const names = [...new Set(runs.flatMap(({ values }) => Object.keys(values)))];
  const differing = names.filter((name) => valuesOf(runs, ({ values }) => values[name]).length > 1);
  const varied = [];
  const along = {};
  for (const name of differing) {
    const count = (...which) => valuesOf(runs, ({ values }) => which.map((each) => values[each])).length;
    const leader = varied.find((each) => count(each) === count(name) && count(each, name) === count(name));
    if (leader) (along[leader] ??= []).push(name);
    else varied.push(name);
  }
  const numbers = (name) => {
    const found = valuesOf(runs, ({ values }) => values[name]);
    return found.every((each) => typeof each === "number") ? found.length : 0;
  };
  const axisName = [...varied].sort((one, other) => numbers(other) - numbers(one))[0];
  const axisOf = axisName ? ({ values }) => values[axisName] : ({ summary }) => `${summary.seed}`;
  const axis = { name: axisName ?? "seed", unit: units[axisName] ?? "", values: valuesOf(runs, axisOf), swept: Boolean(axisName) };
  const others = varied.filter((name) => name !== axisName);
  const combinations = valuesOf(runs, ({ values }) => others.map((name) => values[name]));
  const sorted = others.reduceRight((rows, _, place) => {
    const order = valuesOf(runs, ({ values }) => values[others[place]]);
    const at = (row) => order.findIndex((each) => same(each, row[place]));
    return [...rows].sort((one, other) => at(one) - at(other));
  }, combinations);
  const lines = sorted.map((combination) => {
    const own = runs.filter(({ values }) => same(others.map((name) => values[name]), combination));
    return {
      name: others.map((name, place) => withUnit(name, combination[place], units)).join(", "),
      values: combination,
      points: axis.values
        .map((value) => ({ value, runs: own.filter((run) => same(axisOf(run), value)) }))
        .filter((point) => point.runs.length > 0),
    };
  });
  return { runs, axis, others, along, lines, units };
}

/** What a point of a line stands for, in words. */
export function pointText({ axis, units }, line, point) {
  return [withUnit(axis.name, point.value, units), line.name].filter(Boolean).join(", ");
}

/** Mean, least and most of what is known of some runs; null where nothing is. */
export function spread(runs, of) {
  const known = runs.map(of).filter((value) => typeof value === "number" && Number.isFinite(value));
  if (known.length === 0) return null;
  return {
    mean: known.reduce((sum, each) => sum + each, 0) / known.length,
    least: Math.min(...known),
    most: Math.max(...known),
    count: known.length,
  };
}
