"""Measured numbers as Markdown: one table for each capture, and the budgets.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import contenders

SIZES = ("web", "large")  # the captures that budgets are about
BEGIN, END = "<!-- bench: written by bench/run -->", "<!-- bench: end -->"


def spread(ratio):
    if ratio is None:
        return "-"
    middle, low, high = ratio
    digits = 1 if middle >= 10 else 2
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def capture_table(results, capture):
    about = results.all[capture.key]
    packets = about["packets"]
    lines = [f"**{capture.title}**: {packets:,} packets, {about['connections']:,} connections, "
             f"{about['octets'] / 1e6:,.0f} MB", "",
             "| | seconds | ratio | CPU s | ratio | CPU us a packet | peak MB | ratio | runs |",
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for each in contenders.CONTENDERS:
        seconds, cpu, peak = (results.median(capture.key, each.key, measure)
                              for measure in ("seconds", "cpu", "peak"))
        if seconds is None:
            continue
        ratios = [spread(results.ratio(capture.key, each.key, "conv", measure))
                  for measure in ("seconds", "cpu", "peak")]
        runs = len(results.values(capture.key, each.key, "seconds"))
        lines.append(f"| {each.name} | {seconds:.2f} | {ratios[0]} | {cpu:.2f} | {ratios[1]} | "
                     f"{cpu / packets * 1e6:.2f} | {peak / 1e6:.0f} | "
                     f"{ratios[2].partition(' ')[0]} | {runs} |")
    return lines + [""]


def sign(budget):
    return ">=" if budget.at_least else "<="


def is_met(middle, budget):
    return middle >= budget.limit if budget.at_least else middle <= budget.limit


def budget_cell(results, capture, budget):
    """(text, is the budget met; None: not measured)"""
    ratio = results.ratio(capture, budget.of, budget.by, budget.measure)
    if ratio is None:
        return "-", None
    cell = spread(ratio)
    if budget.measure == "seconds":
        cell += f"; CPU {spread(results.ratio(capture, budget.of, budget.by, 'cpu')).partition(' ')[0]}"
    return cell, is_met(ratio[0], budget)


def budget_row(results, budget):
    cells = [budget_cell(results, capture, budget) for capture in SIZES]
    return (f"| {budget.what} | {sign(budget)} {budget.limit:.2f} | "
            + " | ".join(cell for cell, _ in cells) + f" | {verdict(met for _, met in cells)} |")


def verdict(each):
    known = [met for met in each if met is not None]
    if not known:
        return "not measured"
    return "yes" if all(known) else "in part" if any(known) else "no"


def added_cell(results, capture):
    """Full dissection: what we keep, against a tshark that keeps nothing of its own."""
    mine, its = (results.median(capture, key, "peak") for key in ("full", "count"))
    if mine is None or its is None:
        return "-", None
    about = results.all[capture]
    room = 40 * about["packets"] + 400 * about["connections"]
    return f"{(mine - its) / 1e6:.1f} MB of {room / 1e6:.1f}", mine - its <= room


def added_row(results):
    cells = [added_cell(results, capture) for capture in SIZES]
    return ("| memory added in full dissection: 40 octets a packet, 400 a connection | 1.00 | "
            + " | ".join(cell for cell, _ in cells) + f" | {verdict(met for _, met in cells)} |")


def growth_rows(results):
    rows = []
    for key, limit in contenders.GROWTH:
        per = [results.median(capture, key, "cpu") for capture in SIZES]
        if None in per:
            continue
        per = [cpu / results.all[capture]["packets"] for cpu, capture in zip(per, SIZES)]
        ratio = per[1] / per[0]
        bound = (f"<= {limit:.2f}", verdict([ratio <= limit])) if limit else ("-", "")
        rows.append(f"| growth, CPU time a packet: {contenders.NAMES[key]} | {bound[0]} | 1 | "
                    f"{ratio:.2f} | {bound[1]} |")
    return rows


def budgets(results):
    known = [capture for capture in SIZES if results.all.get(capture, {}).get("runs")]
    if not known:
        return []
    sizes = [f"{results.all[capture]['packets']:,} packets" if capture in known else "-"
             for capture in SIZES]
    lines = [f"| budget | limit | {sizes[0]} | {sizes[1]} | met |", "|---|--:|--:|--:|---|"]
    lines += [budget_row(results, budget) for budget in contenders.BUDGETS]
    return lines + [added_row(results)] + growth_rows(results) + [""]


def markdown(results, captures, setting):
    lines = [setting, ""] + budgets(results)
    for capture in captures:
        if results.all.get(capture.key, {}).get("runs"):
            lines += capture_table(results, capture)
    lines += ["Medians; in brackets the ratio from round to round, without the outer tenths. Ratios are "
              "against the first line of each table. CPU: user and system time of all processes, which "
              "a busy machine disturbs less than the clock. Peak: of all processes together."]
    return "\n".join(lines) + "\n"


def put_into(path, text):
    """Replaces what stands between the two marks."""
    page = path.read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"bench/run: {path} has no place for the table ({BEGIN} ... {END})")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
