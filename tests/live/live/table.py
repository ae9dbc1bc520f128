# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Figures for a person to read."""


def table(heads, rows):
    """Lines with columns side by side: names to the left, numbers to the right."""
    texts = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(map(len, column)) for column in zip(*texts)]
    return ["  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                      for place, (cell, width) in enumerate(zip(row, widths))) for row in texts]
