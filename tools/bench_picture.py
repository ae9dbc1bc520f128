#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Draws cost against size, both logarithmic: bench_picture.py RESULTS TARGET makes TARGET.svg and TARGET.png.

A panel for each case that is measured at several sizes, a line for each contender; the bars are the quartiles.
"""

import pathlib
import statistics
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plot
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

import bench_results

# Cases in the order of the panels, with what their size counts; what is not measured has no panel.
PANELS = [
    ("seen_set", "hit", "Seen set: look up, present", "hashes held"),
    ("seen_set", "miss", "Seen set: look up, absent", "hashes held"),
    ("seen_set", "window", "Seen set: sliding window", "hashes held"),
    ("seen_set", "burst", "Seen set: bursts", "hashes held"),
    ("deadlines", "cancel_any", "Deadlines: cancel any, arm another", "deadlines armed"),
    ("deadlines", "arm_cancel", "Deadlines: arm, cancel at once", "deadlines armed"),
    ("deadlines", "restart", "Deadlines: put off", "deadlines armed"),
    ("deadlines", "fire", "Deadlines: fire, arm anew", "deadlines armed"),
    ("store_page", "decode_compare", "Store page: decode, compare", "hashes seen"),
    ("engine", "publish_confirm", "Engine: publish to confirmed", "messages in flight"),
    ("engine", "topics", "Engine: publish and receive", "pubsub topics"),
    ("engine", "peers", "Engine: publish and receive", "peers"),
]
OURS = bench_results.OURS
# The colours of Okabe and Ito, which the colour-blind can tell apart; shapes tell the lines apart without any.
OUR_COLOUR = "#d55e00"
STYLES = [("#0072b2", "s"), ("#009e73", "^"), ("#b0558a", "D"), ("#2f9fd8", "v"), ("#555555", "X"), ("#b98000", "P")]
COLUMNS = 4
LABEL_POINTS = 10.5  # from one label to the next


def readable(number):
    for unit, length in (("M", 1e6), ("k", 1e3)):
        if number >= length:
            return f"{number / length:g}{unit}"
    return f"{number:g}"


def readable_time(nanoseconds):
    for unit, length in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= length:
            return f"{nanoseconds / length:g} {unit}"
    return f"{nanoseconds:g} ns"


def style_of(contender, contenders):
    """The line of a contender among those of its workload."""
    if contender == OURS:
        return {"color": OUR_COLOUR, "marker": "o", "linewidth": 2.6, "markersize": 6, "zorder": 5}
    if contender.startswith(OURS + "_"):
        return {"color": OUR_COLOUR, "marker": "*", "linewidth": 1.4, "linestyle": (0, (4, 2)), "markersize": 6,
                "zorder": 4}
    peers = [name for name in contenders if not name.startswith(OURS)]
    colour, marker = STYLES[peers.index(contender) % len(STYLES)]
    return {"color": colour, "marker": marker, "linewidth": 1.3, "markersize": 4.5, "zorder": 3}


def by_importance(contender):
    return contender != OURS, not contender.startswith(OURS), contender


def draw_panel(axes, title, x_label, benchmarks, contenders):
    """The lines of a panel; its labels come later: (contender, largest size, median there) of each."""
    ends = []
    for contender in contenders:
        points = sorted((each for each in benchmarks if each.contender == contender), key=lambda each: each.size)
        if not points:
            continue
        middles = [each.median_ns for each in points]
        quartiles = [statistics.quantiles(each.repetitions, n=4, method="inclusive") if len(each.repetitions) > 1
                     else [each.median_ns] * 3 for each in points]
        lower = [middle - low for middle, (low, _, _) in zip(middles, quartiles)]
        upper = [high - middle for middle, (_, _, high) in zip(middles, quartiles)]
        axes.errorbar([each.size for each in points], middles, yerr=(lower, upper), capsize=2, elinewidth=0.8,
                      **style_of(contender, contenders))
        ends.append((contender, points[-1].size, middles[-1]))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_title(title, fontsize=11, loc="left")
    axes.set_xlabel(x_label, fontsize=9)
    sizes = sorted({each.size for each in benchmarks})
    axes.set_xticks(sizes, [readable(size) for size in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    # A decade at least, so that noise does not look like a slope; 2 and 5 are told where there is room.
    low, high = axes.get_ylim()
    if high / low < 10:
        middle = (low * high) ** 0.5
        low, high = middle / 10 ** 0.5, middle * 10 ** 0.5
        axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5) if high / low < 300 else (1,)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: readable_time(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(labelsize=9)
    axes.grid(True, which="major", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return ends


def spread_out(heights, gap):
    """The heights, which ascend, moved as little as keeps them `gap` apart: groups that touch share their middle."""
    groups = []  # [middles wanted, ...]
    for height in heights:
        groups.append([height])
        while len(groups) > 1:
            lower, upper = groups[-2:]
            top = statistics.mean(lower) + gap * (len(lower) - 1) / 2
            bottom = statistics.mean(upper) - gap * (len(upper) - 1) / 2
            if bottom - top >= gap:
                break
            groups[-2:] = [lower + upper]
    return [statistics.mean(group) + gap * (place - (len(group) - 1) / 2)
            for group in groups for place in range(len(group))]


def label(figure, axes, ends, contenders):
    """Writes the contenders' names beside the right ends of their lines."""
    to_axes = axes.transData + axes.transAxes.inverted()
    places = sorted((to_axes.transform((size, median))[1], contender) for contender, size, median in ends)
    height = axes.get_window_extent().height * 72 / figure.dpi
    for (wanted, contender), at in zip(places, spread_out([place[0] for place in places], LABEL_POINTS / height)):
        colour = style_of(contender, contenders)["color"]
        axes.plot([1.0, 1.05], [wanted, at], transform=axes.transAxes, color=colour, linewidth=0.7, clip_on=False)
        axes.text(1.06, at, contender, transform=axes.transAxes, va="center", fontsize=8.5, color=colour,
                  fontweight="bold" if contender == OURS else "normal")


def main(results_path, target):
    results = bench_results.read(pathlib.Path(results_path))
    panels = []
    for workload, case, title, x_label in PANELS:
        benchmarks = [each for each in results.benchmarks.values()
                      if (each.workload, each.case) == (workload, case) and isinstance(each.size, int)]
        if len({each.size for each in benchmarks}) > 1:
            # Contenders look the same in all panels of a workload.
            contenders = sorted({each.contender for each in results.benchmarks.values() if each.workload == workload},
                                key=by_importance)
            panels.append((title, x_label, benchmarks, contenders))
    if not panels:
        print("nothing was measured at more than one size: no picture")
        return
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    figure, grid = plot.subplots(rows, columns, figsize=(4.1 * columns, 3.1 * rows + 0.6), squeeze=False)
    ends = [draw_panel(axes, *panel) for axes, panel in zip(grid.flat, panels)]
    for axes in list(grid.flat)[len(panels):]:
        axes.set_visible(False)
    figure.suptitle("Time of one operation against size: medians and quartiles. waku is this library.", x=0.01,
                    ha="left", fontsize=13)
    figure.tight_layout(h_pad=1.6)
    figure.canvas.draw()
    for axes, of_panel, panel in zip(grid.flat, ends, panels):
        label(figure, axes, of_panel, panel[-1])
    figure.tight_layout(h_pad=1.6)
    # Without a date and with fixed ids, so that the same results give the same file.
    plot.rcParams["svg.hashsalt"] = "waku"
    figure.savefig(f"{target}.svg", metadata={"Date": None})
    figure.savefig(f"{target}.png", dpi=110)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2])
    except bench_results.Unusable as unusable:
        sys.exit(str(unusable))
