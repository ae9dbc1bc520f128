// SPDX-License-Identifier: Apache-2.0 OR MIT
// node browser.mjs CHROMIUM FOLDER: opens the reports under the folder in headless Chromium, on a desk's and a phone's
// width, light and dark, and says what a reader would stumble over. Ends with 1 where there is anything.
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const [executable, folder] = process.argv.slice(2);
const LEAST_PX = 12;
const LEAST_CONTRAST = 4.5;
// What each report must show, at the least.
const REPORTS = {
  one: {
    plots: [
      "Light nodes by strategy", "Bandwidth by protocol over time", "Latency of messages", "Latency by hops",
      "How far messages travel", "Duplicates", "Delivery over time", "Bandwidth from node to node", "Topology",
      "Connections of nodes",
    ],
    words: ["wrong verdicts", "extra bytes per node", "messages/s", "Machine and cost of the run", "Apache-2.0"],
  },
  seeds: {
    plots: ["Relay bandwidth beside the closed form", "Delivered", "Latency", "Duplicates", "Mesh degree"],
    words: ["Nothing but the seed is varied", "hollow squares", "Each of the 3 runs"],
  },
  sweep: {
    plots: [
      "Relay bandwidth beside the closed form", "Delivered", "Latency", "Duplicates", "discv5", "Traffic of store",
      "Light nodes: missed, link churn 0.4", "Light nodes: extra bytes, link churn 0.4", "Light nodes: latency, link churn 0", "Query p99",
    ],
    words: ["Varied: churn and link churn", "churn 0.2, link churn 0.4", "hollow diamonds", "Each of the 16 runs", "least and the most"],
  },
  lab: {
    plots: [
      "Bandwidth by protocol over time", "Topology", "Relay bandwidth beside the closed form", "Light nodes: missed", "Query p99",
    ],
    words: [
      "3 scenarios", "Few services, some relays, many light nodes", "With all strategies nothing is missed.",
      "time of a run, most (s)", "memory, most (MB)",
    ],
  },
  compared: {
    plots: ["relay-bandwidth", "shards churn=0.2"],
    words: ["4 of 8 metrics differ significantly.", "only the base has runs of shards churn=0.4", "query p99 ms", "+23.76", "3 seeds (1, 2, 3)"],
  },
  bare: { plots: [], words: ["nothing-happened", "Nothing was relayed."] },
};

/** A topology has no axes, and what stands beside names has one. */
function axesWithUnits(name, title) {
  if (title === "Topology") return 0;
  return title === "Light nodes by strategy" || name === "compared" ? 1 : 2;
}

/** Runs within the page: all that can be read there, with its size and how it stands out. */
function look() {
  const parts = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const series = [1, 2, 3, 4, 5, 6, 7].map((each) => {
    const digits = getComputedStyle(document.documentElement).getPropertyValue(`--series-${each}`).trim().slice(1);
    return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16)).join();
  });
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim();
    const holder = walker.currentNode.parentElement;
    const box = holder.getBoundingClientRect();
    if (!words || box.width <= 1 || box.height <= 1 || holder.closest("script, style, noscript")) continue;
    const style = getComputedStyle(holder);
    const drawn = holder.closest("svg");
    const own = light(drawn ? style.fill : style.color);
    texts.push({
      words,
      px: parseFloat(style.fontSize),
      contrast: (Math.max(own, paper) + 0.05) / (Math.min(own, paper) + 0.05),
      left: box.left,
      right: box.right,
    });
  }
  const plots = [...document.querySelectorAll("figure")].map((figure) => {
    const svg = figure.querySelector(".chart svg");
    const box = svg?.getBoundingClientRect();
    // What has the colour of a series, and is no part of the legend.
    const title = figure.querySelector("h4").textContent;
    const marks = [...(svg?.querySelectorAll("path, polyline, rect") ?? [])].filter((mark) => {
      const { width, height } = mark.getBoundingClientRect();
      const { fill, stroke } = getComputedStyle(mark);
      const large = width > 16 || height > 10 || (title === "Topology" && width > 2);
      return large && [fill, stroke].some((colour) => series.includes(parts(colour).slice(0, 3).join()));
    });
    const texts_of = [...(svg?.querySelectorAll("text") ?? [])];
    return {
      title,
      shown: figure.checkVisibility(),
      reading: figure.querySelector(".reading").textContent,
      label: figure.querySelector(".chart").getAttribute("aria-label"),
      marks: marks.length,
      units: texts_of.filter((text) => /\(.+\)|^relay nodes|^messages$|^connections$|^hops from|^further copies|^seed$/.test(text.textContent)).length,
      outside: texts_of
        .filter((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect();
          return left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1;
        })
        .map((text) => text.textContent),
      table: figure.querySelector("table") !== null || figure.closest("main").querySelector("table.broad") !== null,
    };
  });
  return { texts, plots, all: document.body.innerText, broad: document.scrollingElement.scrollWidth };
}

function complaints(name, width, seen, requests) {
  const found = [];
  const tell = (words) => found.push(words);
  if (seen.broad > width) tell(`is ${seen.broad} px broad`);
  for (const text of seen.texts) {
    if (text.px < LEAST_PX) tell(`'${text.words}' is ${text.px} px high`);
    if (text.contrast < LEAST_CONTRAST) tell(`'${text.words}' has a contrast of ${text.contrast.toFixed(2)}`);
    if (text.left < -1 || text.right > width + 1) tell(`'${text.words}' is not within the page`);
  }
  for (const plot of seen.plots.filter(({ shown }) => shown)) {
    if (plot.marks === 0) tell(`the plot '${plot.title}' has no marks`);
    if (plot.units < axesWithUnits(name, plot.title)) tell(`the plot '${plot.title}' has an axis without a unit`);
    if (plot.reading.length < 40) tell(`the plot '${plot.title}' does not say how it is read`);
    if (!plot.label?.startsWith(plot.title)) tell(`the plot '${plot.title}' has no label`);
    if (!plot.table) tell(`the plot '${plot.title}' has no table beside it`);
    for (const words of plot.outside) tell(`the plot '${plot.title}' cuts off '${words}'`);
  }
  for (const title of REPORTS[name].plots)
    if (!seen.plots.some((plot) => plot.title === title && plot.shown)) tell(`there is no plot '${title}'`);
  for (const words of REPORTS[name].words) if (!seen.all.includes(words)) tell(`'${words}' is not said`);
  for (const address of requests) tell(`asks for ${address}`);
  return found;
}

const trouble = [];
const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
try {
  for (const name of Object.keys(REPORTS)) {
    for (const [width, colorScheme] of [[1280, "light"], [375, "dark"]]) {
      const where = `${name}, ${width} px, ${colorScheme}`;
      const file = resolve(folder, name, "report.html");
      if (!existsSync(file)) throw new Error(`${file} is not there`);
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const page = await context.newPage();
      const requests = [];
      page.on("console", (message) => trouble.push(`${where}: the console says ${message.type()}: ${message.text()}`));
      page.on("pageerror", (error) => trouble.push(`${where}: ${error.message}`));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) requests.push(request.url());
      });
      await page.goto(pathToFileURL(file).href);
      // What is far down is drawn when it is looked at, or printed.
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      const seen = await page.evaluate(look);
      trouble.push(...complaints(name, width, seen, requests).map((words) => `${where}: ${words}`));
      // Opened tables are no broader than the page either.
      await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
      const broad = await page.evaluate(() => document.scrollingElement.scrollWidth);
      if (broad > width) trouble.push(`${where}: with its tables open it is ${broad} px broad`);
      if (process.env.MIDSCALE_PICTURES) {
        mkdirSync(process.env.MIDSCALE_PICTURES, { recursive: true });
        await page.screenshot({ path: join(process.env.MIDSCALE_PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
      console.log(`${where}: ${seen.plots.length} plots, ${seen.texts.length} texts`);
      await context.close();
    }
  }
} finally {
  await browser.close();
}
for (const each of trouble) console.log(each);
process.exitCode = trouble.length === 0 ? 0 : 1;
