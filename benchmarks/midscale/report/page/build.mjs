// SPDX-License-Identifier: Apache-2.0 OR MIT
// node build.mjs OUTPUT: puts template, style, script and charting library into one page that needs nothing else. Left
// open are @@TITLE@@ and @@DATA@@, which report.hpp fills.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const read = (name) => readFileSync(join(here, name), "utf8");
const library = JSON.parse(read("node_modules/echarts/package.json"));

const bundled = await build({
  absWorkingDir: here,
  entryPoints: ["main.mjs"],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "ascii",
  legalComments: "none",
  define: {
    LIBRARY_NAME: JSON.stringify("Apache ECharts"),
    LIBRARY_VERSION: JSON.stringify(library.version),
    LIBRARY_LICENCE: JSON.stringify(library.license),
  },
  metafile: true,
  write: false,
  logLevel: "warning",
});
// The licence of each package that is in the page, as it came.
const packages = new Set(
  Object.keys(bundled.metafile.inputs).flatMap((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []),
);
const notices = [...packages].sort().map((name) => {
  const texts = ["LICENSE", "LICENSE.txt", "NOTICE"].filter((file) => existsSync(join(here, "node_modules", name, file)));
  if (texts.length === 0) throw new Error(`${name} has no licence beside it`);
  const { version } = JSON.parse(read(join("node_modules", name, "package.json")));
  return { name: `${name} ${version}`, text: texts.map((file) => read(join("node_modules", name, file)).trim()).join("\n\n") };
});

const script = bundled.outputFiles[0].text.replaceAll("</script", "<\\/script");
const page = read("template.html")
  .replace("@@STYLE@@", () => read("style.css").trim())
  .replace("@@NOTICES@@", () => JSON.stringify(notices).replaceAll("<", "\\u003c"))
  .replace("@@SCRIPT@@", () => script.trim());
writeFileSync(process.argv[2], page);
