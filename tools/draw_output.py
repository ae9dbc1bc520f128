#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Draws the text on standard input as an SVG picture of a terminal, on standard output.

    build/demo | tools/draw_output.py 'make demo' > docs/demo.svg
"""

import sys
from xml.sax.saxutils import escape

LETTER = 8.4  # width of a letter of the font at 14 px
LINE = 19
MARGIN = 18


def draw(title, lines):
    width = MARGIN * 2 + LETTER * max(len(line) for line in lines + ["$ " + title])
    height = MARGIN * 2 + LINE * (len(lines) + 1)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
        f'viewBox="0 0 {width:.0f} {height}" font-family="ui-monospace,Menlo,Consolas,\'DejaVu Sans Mono\',monospace" '
        f'font-size="14">',
        f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#161b22"/>',
    ]
    shown = [("$ " + title, "#7ee787")] + [(line, "#e6edf3") for line in lines]
    for number, (line, colour) in enumerate(shown):
        if not line.strip():
            continue
        bold = ' font-weight="bold"' if line.startswith("all ") else ""
        out.append(
            f'<text x="{MARGIN}" y="{MARGIN + LINE * number + 14}" fill="{colour}" xml:space="preserve"{bold} '
            f'textLength="{LETTER * len(line):.1f}" lengthAdjust="spacingAndGlyphs">{escape(line)}</text>'
        )
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    sys.stdout.write(draw(sys.argv[1], sys.stdin.read().rstrip("\n").split("\n")))


if __name__ == "__main__":
    main()
