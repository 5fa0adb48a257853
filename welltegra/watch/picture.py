"""A board as what rich draws. Pure: what the time is, and how large the terminal, goes in. Never colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rules.rule_set import RuleSet
from schemas.alert import Alert
from welltegra.describe.wording import length, number, printable
from welltegra.screen import LEVEL_STYLES, AlertLines
from welltegra.watch.board import Board, Row
from welltegra.watch.parts import Standing

_BAR_CELLS: Final = 20
# Beyond the limit there is room for a quarter more.
_BAR_FULL: Final = 1.25
_SILENT_S: Final = 5.0
_FEWEST_ALERTS: Final = 2
_GAPS: Final = 3
_WIDE: Final = 100
_WIDEST_WELL: Final = 20


def picture(
    board: Board,
    standing: Mapping[str, Standing | None],
    notes: Sequence[str],
    now: datetime,
    size: tuple[int, int],
    unreachable: str | None = None,
) -> RenderableType:
    """Return the whole screen. size: columns and lines of the terminal; notes: what else to say, a line each."""
    columns, lines = size
    head = [_title(board, now), _latency(board), *_programs(standing)]
    if unreachable is not None:
        head.append(Text(f"Kafka cannot be reached: {printable(unreachable)}", "bold red"))
    table = _table(board.rows, now, columns >= _WIDE)
    feet = [Text(note, "dim") for note in notes]
    room = lines - len(head) - len(board.rows) - len(feet) - 3 - _GAPS
    # On a small terminal the empty lines go first: what stands last must be seen.
    gap = [Text()] if room >= _FEWEST_ALERTS else []
    room = max(_FEWEST_ALERTS, room if gap else room + _GAPS)
    alerts = alert_lines(board.rule_sets, board.alerts)[-room:] or [Text("none yet", "dim")]
    return Group(*head, *gap, table, *gap, Text("Last alerts", "bold"), *alerts, *gap, *feet)


def alert_lines(rule_sets: Sequence[RuleSet], alerts: Sequence[Alert]) -> list[Text]:
    """Return a line for each alert, in the order they came."""
    lines = AlertLines(rule_sets)
    return [line for alert in alerts for line in lines(alert)]


def summary(board: Board, standing: Mapping[str, Standing | None]) -> str:
    """Return how things stand, in a line, for where there is no screen."""
    worst = ", ".join(f"{count} {what}" for what, count in board.worst().items())
    parts = [f"{len(board.rows)} conditions: {worst}", f"{board.samples:,} samples", f"{board.told} alerts"]
    parts.append(_latency(board).plain)
    parts += [text.plain for text in _programs(standing)]
    return "; ".join(parts)


def _title(board: Board, now: datetime) -> Text:
    text = Text.assemble(("WellTegra", "bold"), f"  {now:%Y-%m-%d %H:%M:%S} UTC  ")
    for what, count in board.worst().items():
        text.append(f" {count} {what.upper()} ", LEVEL_STYLES.get(what, "cyan") if count else "dim")
    return text


def _latency(board: Board) -> Text:
    latency = board.latency()
    if latency is None:
        return Text("sample to alert: no alert yet", "dim")
    p50, p99, worst = (f"{1000 * seconds:,.0f} ms" for seconds in latency[1:])
    return Text(f"sample to alert: half within {p50}, 99 % within {p99}, worst {worst} (last {latency.alerts})")


def _programs(standing: Mapping[str, Standing | None]) -> list[Text]:
    ready = [name for name, each in standing.items() if each is not None and each.is_ready]
    lines = [Text(f"ready: {', '.join(ready)}", "green")] if ready else []
    for name, each in standing.items():
        if each is None:
            lines.append(Text(f"{name}: not asked yet", "dim"))
        elif not each.is_ready:
            lines.append(Text(f"{name} is NOT READY: {printable('; '.join(each.reasons))}", "yellow"))
    return lines


def _table(rows: Sequence[Row], now: datetime, is_wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    wells = max((len(printable(row.well_id)) for row in rows), default=0)
    table.add_column("well", no_wrap=True, min_width=min(wells, _WIDEST_WELL), max_width=_WIDEST_WELL)
    # Where there is no room, a constraint's name is cut, and never a number.
    table.add_column("constraint", no_wrap=True, max_width=30)
    for heading, cells in (("value", map(_value, rows)), ("limit", map(_limit, rows))):
        table.add_column(heading, justify="right", no_wrap=True, min_width=max(map(len, cells), default=0))
    if is_wide:
        table.add_column("of limit", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("seen", no_wrap=True)
    well = ""
    for row in rows:
        named = "" if row.well_id == well else printable(row.well_id)
        well = row.well_id
        level = Text(row.level.upper(), LEVEL_STYLES[row.level])
        if row.level != "normal" and row.since is not None:
            level.append(f" {length(max(0, round((now - row.since).total_seconds())))}")
        bar = [_bar(row)] if is_wide else []
        table.add_row(named, printable(row.constraint.id), _value(row), _limit(row), *bar, level, _seen(row, now))
    return table


def _value(row: Row) -> str:
    if row.reading is None:
        return "-"
    return "none" if row.reading.value is None else f"{number(row.reading.value)} {printable(row.constraint.unit)}"


def _limit(row: Row) -> str:
    sides = [("<", row.constraint.high), (">", row.constraint.low)]
    return " ".join(f"{sign} {number(limit)}" for sign, limit in sides if limit is not None)


def _bar(row: Row) -> Text:
    """Return how far the value is towards its limit; the limit is where the tick stands."""
    part = row.part_of_limit
    if part is None:
        return Text(" " * _BAR_CELLS + "     ")
    tick = round(_BAR_CELLS / _BAR_FULL)
    filled = max(0, min(_BAR_CELLS, int(_BAR_CELLS * part / _BAR_FULL)))
    cells = ["█" if at < filled else "░" for at in range(_BAR_CELLS)]
    cells[tick] = "┃" if filled <= tick else "█"
    # Cut, not rounded: what reads 100 % is at its limit.
    return Text("".join(cells), LEVEL_STYLES[row.level]) + Text(f" {int(min(part, 9.99) * 100):>3} %")


def _seen(row: Row, now: datetime) -> Text:
    if row.reading is None:
        return Text("nothing yet", "dim") if row.view == "live" else Text(row.view.upper(), "cyan")
    age_s = (now - row.reading.time) / timedelta(seconds=1)
    if row.view != "live":
        return Text(f"{row.view.upper()} {length(max(0, round(age_s)))}", "cyan")
    return Text("live" if age_s < _SILENT_S else f"live {length(round(age_s))}", "dim")
