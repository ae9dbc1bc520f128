// SPDX-License-Identifier: Apache-2.0 OR MIT
// Elements of the page. All text goes in as text, so what a run's files say is never taken for markup.

/** An element with attributes; children are elements or text, and what is null is left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/**
 * A table from columns [{name, kind}], of which the kind may be "number", "value" or "head", and rows of texts or
 * elements; the first cell names the row. A broad one turns into cards where the page is narrow.
 */
export function table(columns, rows, { broad = columns.length > 4, caption = null } = {}) {
  const kind = (index) => (columns[index].kind ? { class: columns[index].kind } : {});
  return element(
    "table",
    broad ? { class: "broad" } : {},
    caption && element("caption", {}, caption),
    element(
      "thead",
      {},
      element("tr", {}, columns.map((column, index) => element("th", { scope: "col", ...kind(index) }, column.name))),
    ),
    element(
      "tbody",
      {},
      rows.map((row) =>
        element(
          "tr",
          {},
          row.map((cell, index) =>
            index === 0
              ? element("th", { scope: "row", "data-column": columns[index].name, ...kind(index) }, cell)
              : element("td", { "data-column": columns[index].name, ...kind(index) }, element("span", {}, cell)),
          ),
        ),
      ),
    ),
  );
}

/** Something that is opened by a click. */
export function folded(summary, ...content) {
  return element("details", {}, element("summary", {}, summary), ...content);
}
