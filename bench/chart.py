"""A picture of the measured ratios: bars of time and of memory, as SVG.

SPDX-License-Identifier: GPL-2.0-or-later
"""
from xml.sax.saxutils import escape

import contenders

SHOWN = ["conv", "eth", "full", "headers", "shards", "tcptrace", "pipeline"]
WIDTH, NAME, GAP = 900, 330, 14
ROW, BAR, TOP = 40, 12, 66
LONGEST = 2.5  # longer bars are cut, their number tells
COLOURS = {"seconds": "#2f6f9f", "peak": "#c98a2b"}
OURS = {"full", "headers", "shards"}


def text(x, y, words, size=13, anchor="start", weight="normal", colour="#222"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}" fill="{colour}" stroke="#fff" stroke-width="3" '
            f'paint-order="stroke">{escape(words)}</text>')


def rectangle(x, y, width, height, colour):
    return (f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height}" '
            f'fill="{colour}"/>')


def bar(y, ratio, colour):
    room = WIDTH - NAME - GAP - 70
    length = min(ratio, LONGEST) / LONGEST * room
    x = NAME + GAP
    made = [rectangle(x, y, length, BAR, colour)]
    if ratio > LONGEST:  # a white stroke: it goes on
        made.append(f'<path d="M{x + length - 18:.1f} {y + BAR + 2} l8 -{BAR + 4}" stroke="#fff" '
                    'stroke-width="4"/>')
    shown = f"{ratio:.2f}" if ratio < 9.95 else f"{ratio:.1f}"
    made.append(text(x + length + 6, y + BAR - 1.5, shown, 12))
    return made


def row(results, capture, key, y):
    name = contenders.NAMES[key].replace("`", "")
    made = [text(NAME, y + BAR + 5, name, 13, "end", "bold" if key in OURS else "normal")]
    for place, measure in enumerate(("seconds", "peak")):
        ratio = results.ratio(capture, key, "conv", measure)
        made += bar(y + place * (BAR + 2), ratio[0], COLOURS[measure])
    return made


def legend():
    made = []
    for x, measure, words in ((NAME + GAP, "seconds", "time"), (NAME + GAP + 70, "peak", "peak memory")):
        made += [rectangle(x, 38, 12, 12, COLOURS[measure]), text(x + 17, 48.5, words, 12)]
    return made


def is_measured(results, capture):
    return results.median(capture.key, "conv", "seconds") is not None


def picture(results, captures):
    """The text of an SVG file about the last of these captures that was measured; None: none was."""
    measured = [capture for capture in captures if is_measured(results, capture)]
    if not measured:
        return None
    capture = measured[-1]
    keys = [key for key in SHOWN if results.ratio(capture.key, key, "conv", "seconds")]
    about = results.all[capture.key]
    height = TOP + ROW * len(keys) + 8
    title = (f"Time and memory against tshark -z conv,tcp = 1 "
             f"({about['packets']:,} packets, {about['connections']:,} connections)")
    one = NAME + GAP + (WIDTH - NAME - GAP - 70) / LONGEST
    made = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" font-family="sans-serif">',
            rectangle(0, 0, WIDTH, height, "#fff"), text(16, 24, title, 15, weight="bold"), *legend(),
            f'<path d="M{one:.1f} {TOP - 8} V{height - 8}" stroke="#999" stroke-dasharray="3 3"/>']
    for place, key in enumerate(keys):
        made += row(results, capture.key, key, TOP + place * ROW)
    return "\n".join(made) + "\n</svg>\n"
