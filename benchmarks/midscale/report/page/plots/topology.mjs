// SPDX-License-Identifier: Apache-2.0 OR MIT
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

import { legend, LEGEND_PX, tooltip } from "../chart.mjs";
import { number, plural } from "../words.mjs";

/** Where each node is drawn: neighbours near each other. The same for the same edges. */
function places(count, edges) {
  const nodes = Array.from({ length: count }, () => ({}));
  forceSimulation(nodes)
    .force("link", forceLink(edges.map(([source, target]) => ({ source, target }))).distance(20))
    .force("charge", forceManyBody().strength(-30))
    .force("apart", forceCollide(4))
    .force("x", forceX().strength(0.04))
    .force("y", forceY().strength(0.04))
    .stop()
    .tick(200);
  return nodes;
}

/** How high the picture is, and what stands beside it. */
export const besideTopology = (width) => Math.min(width, 460);

/** The network, or the part of it that a picture can show. */
export function topology(of) {
  const { nodes, edges, sample } = of.topology;
  if (sample.nodes.length === 0) return null;
  const most = Math.max(...sample.degrees, 1);
  const regions = sample.regions ? [...new Set(sample.regions)].sort((one, other) => one - other) : [];
  const size = (degree) => 3 + 7 * Math.sqrt(degree / most);
  const at = places(sample.nodes.length, sample.edges);
  return {
    title: "Topology",
    reading:
      "A dot is a relay node, larger with more connections; a line is a connection at the start. " +
      (sample.whole
        ? "The whole network is shown."
        : `Of ${plural(nodes, "node")} and ${plural(edges, "connection")} the picture has ` +
          `${number(sample.nodes.length)} and ${number(sample.edges.length)}: the surroundings of one node that was drawn ` +
          "by the run's seed.") +
      (regions.length > 1 ? " A colour is a region." : ""),
    height: besideTopology,
    option: (colour) => ({
      tooltip: tooltip(colour, {
        trigger: "item",
        formatter: ({ dataType, dataIndex }) =>
          dataType === "node"
            ? `node ${sample.nodes[dataIndex]}: ${plural(sample.degrees[dataIndex], "connection")}`
            : "",
      }),
      legend: regions.length > 1 ? legend(colour, { data: regions.map((each) => `region ${each}`) }) : undefined,
      series: [
        {
          type: "graph",
          layout: "none",
          preserveAspect: "contain",
          top: regions.length > 1 ? LEGEND_PX * 2 : 8,
          bottom: 8,
          left: 8,
          right: 8,
          emphasis: { disabled: true },
          categories: regions.length > 1 ? regions.map((each) => ({ name: `region ${each}` })) : undefined,
          itemStyle: { color: regions.length > 1 ? undefined : colour.series[0], opacity: 0.92 },
          lineStyle: { color: colour.quiet, opacity: 0.3, width: 0.7 },
          data: sample.nodes.map((node, index) => ({
            name: `${node}`,
            x: at[index].x,
            y: at[index].y,
            symbolSize: size(sample.degrees[index]),
            category: regions.length > 1 ? regions.indexOf(sample.regions[index]) : undefined,
          })),
          links: sample.edges.map(([source, target]) => ({ source, target })),
        },
      ],
    }),
    table: {
      columns: [{ name: "what" }, { name: "count", kind: "number" }],
      rows: [
        ["relay nodes", number(nodes)],
        ["connections at the start", number(edges)],
        ["connections per node, mean", number(nodes === 0 ? 0 : (2 * edges) / nodes, 2)],
        ["nodes in the picture", number(sample.nodes.length)],
        ["connections in the picture", number(sample.edges.length)],
      ],
    },
  };
}
