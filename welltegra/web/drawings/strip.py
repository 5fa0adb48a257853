"""A log strip: GR with Vsh, Rt on decades, porosity, Sw, against MD and TVDSS; cutoffs drawn, pay shaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from welltegra.web.drawings.off_scale import Wrapped, off_scale, wrapped
from welltegra.web.drawings.scales import Linear, Log, decades_around, label, steps
from welltegra.web.drawings.svg import area, element, known, line, picture, polyline, rect, text

Values = Sequence[float | None]

WIDTH = 468.0
_HEAD, _BODY, _FOOT = 78.0, 470.0, 8.0
_PAY_AT, _PAY_WIDTH = 94.0, 9.0
_TRACKS = ((108.0, 190.0), (198.0, 282.0), (290.0, 372.0), (380.0, 464.0))
_GR_MOST = 150.0


@dataclass(frozen=True, slots=True)
class Logs:
    """What is drawn. md_m ascends. top_m, base_m: of the interval; tvdss_m: of the two, where known.

    cutoffs: vsh_max, phie_min, sw_max, rt_min; what is absent or None is no cutoff. contact_m: MD of the oil-water
    contact or the lowest known oil, None where it is not known.
    """

    md_m: Sequence[float]
    gr: Values
    rt: Values
    vsh: Values
    phie: Values
    sw: Values
    top_m: float | None
    base_m: float | None
    tvdss_m: tuple[float, float] | None
    cutoffs: Mapping[str, float | None]
    contact_m: float | None = None


@dataclass(frozen=True, slots=True)
class _Track:
    start: float
    end: float
    scale: Linear | Log
    name: str
    unit: str
    ends: tuple[str, str]


def log_strip(logs: Logs, says: str) -> Markup:
    """Return the strip from the first to the last sample.

    GR beyond its scale comes in again from the left, dashed, on a back-up scale; any other reading beyond its scale
    lies on the track's edge. Both are said, over the track and in words.
    """
    depth = Linear(logs.md_m[0], logs.md_m[-1], _HEAD, _HEAD + _BODY)
    low, high = decades_around((value for value in logs.rt if known(value)), 0.1, 10_000.0)
    most_phie = 0.45 if all(value <= 0.45 for value in logs.phie if known(value)) else 0.6
    gr, rt, phie, sw = (
        _track(0, Linear, 0.0, _GR_MOST, "GR", "gAPI"),
        _track(1, Log, low, high, "Rt", "ohm.m"),
        _track(2, Linear, most_phie, 0.0, "PHIE", "v/v"),
        _track(3, Linear, 1.0, 0.0, "Sw", "v/v"),
    )
    vsh = Linear(0.0, 1.0, gr.start, gr.end)
    cutoffs = logs.cutoffs
    pay = pay_of(logs)
    drawn: list[Markup | None] = [*_depths(logs, depth), *_pay(logs.md_m, pay, depth)]
    within, beyond = wrapped(logs.gr, logs.md_m, _GR_MOST)
    of_gr = Linear(0.0, 2 * _GR_MOST, 0.0, 0.0) if beyond else gr.scale
    most, twice = label(_GR_MOST), label(2 * _GR_MOST)
    notes = [f"GR above {most} gAPI is dashed, from {most} to {twice}"] if beyond else []
    for track, values, scale in (
        (gr, logs.gr, of_gr),
        (rt, logs.rt, rt.scale),
        (phie, logs.phie, phie.scale),
        (sw, logs.sw, sw.scale),
    ):
        drawn += _frame(track)
        if off := off_scale(values, scale):
            notes.append(f"{track.name} lies off its scale, {off} {track.unit}")
        over = [f"dashed +{most}"] * (track is gr and bool(beyond)) + ["off scale"] * (off is not None)
        drawn += [text(track.start + 40.0, 35.0, ", ".join(over), class_="tiny off-scale", anchor="middle")] * bool(
            over
        )
    drawn += [
        *_cutoff(vsh, cutoffs.get("vsh_max"), gr, "Vsh ≤"),
        *_cutoff(rt.scale, cutoffs.get("rt_min"), rt, "≥"),
        *_cutoff(phie.scale, cutoffs.get("phie_min"), phie, "≥"),
        *_cutoff(sw.scale, cutoffs.get("sw_max"), sw, "≤"),
        *_beyond(logs.md_m, logs.phie, depth, phie.scale, cutoffs.get("phie_min"), lambda x, c: x >= c, "porous"),
        *_beyond(logs.md_m, logs.sw, depth, sw.scale, cutoffs.get("sw_max"), lambda x, c: x <= c, "oil"),
        polyline(_points(logs.vsh, logs.md_m, vsh, depth), "log vsh"),
        polyline([(None if x is None else gr.scale.at(x), depth.at(md)) for x, md in within], "log gr"),
        _dashed([(None if x is None else gr.scale.at(x), depth.at(md)) for x, md in beyond]),
        polyline(_points(logs.rt, logs.md_m, rt.scale, depth), "log rt"),
        polyline(_points(logs.phie, logs.md_m, phie.scale, depth), "log phie"),
        polyline(_points(logs.sw, logs.md_m, sw.scale, depth), "log sw"),
        *_vsh_scale(gr),
        *_contact(logs, depth),
        *_interval(logs, depth),
    ]
    return picture(WIDTH, _HEAD + _BODY + _FOOT, "; ".join((says, *notes)), *drawn, class_="strip")


def pay_of(logs: Logs) -> list[bool]:
    """Return for each sample whether it meets every cutoff that is set; one that cannot be judged is not pay."""
    judged: tuple[tuple[Values, float | None, Callable[[float, float], bool]], ...] = (
        (logs.vsh, logs.cutoffs.get("vsh_max"), lambda x, c: x <= c),
        (logs.phie, logs.cutoffs.get("phie_min"), lambda x, c: x >= c),
        (logs.sw, logs.cutoffs.get("sw_max"), lambda x, c: x <= c),
        (logs.rt, logs.cutoffs.get("rt_min"), lambda x, c: x >= c),
    )
    wanted = [(values, cutoff, meets) for values, cutoff, meets in judged if cutoff is not None]
    return [
        bool(wanted) and all(known(x := values[k]) and meets(x, cutoff) for values, cutoff, meets in wanted)
        for k in range(len(logs.md_m))
    ]


def _dashed(points: Wrapped) -> Markup | None:
    """Return the back-up curve of GR."""
    drawn = polyline(points, "log gr backup")
    if drawn is None:
        return None
    return element("g", drawn, stroke_dasharray="2 2")


def _track(k: int, kind: type[Linear | Log], low: float, high: float, name: str, unit: str) -> _Track:
    start, end = _TRACKS[k]
    return _Track(start, end, kind(low, high, start, end), name, unit, (label(low), label(high)))


def _frame(track: _Track) -> list[Markup | None]:
    top, middle = _HEAD, (track.start + track.end) / 2
    scale = track.scale
    lines = scale.decades() if isinstance(scale, Log) else steps(min(scale.low, scale.high), max(scale.low, scale.high))
    if isinstance(scale, Log):
        lines = [found for at in lines for factor in range(1, 10) if scale.low < (found := at * factor) < scale.high]
    return [
        rect(track.start, top, track.end - track.start, _BODY, "frame"),
        *(line(scale.at(at), top, scale.at(at), top + _BODY, "grid") for at in lines),
        text(middle, 12.0, track.name, class_=f"name of-{track.name.lower()}", anchor="middle"),
        text(middle, 25.0, track.unit, anchor="middle"),
        line(track.start, 46.0, track.end, 46.0, f"log {track.name.lower()}"),
        text(track.start, 42.0, track.ends[0]),
        text(track.end, 42.0, track.ends[1], anchor="end"),
    ]


def _vsh_scale(track: _Track) -> list[Markup | None]:
    """Return the second scale of the track of GR."""
    return [
        line(track.start, 61.0, track.end, 61.0, "log vsh"),
        text(track.start, 57.0, "0"),
        text((track.start + track.end) / 2, 57.0, "Vsh", class_="of-vsh", anchor="middle"),
        text(track.end, 57.0, "1", anchor="end"),
    ]


def _depths(logs: Logs, depth: Linear) -> list[Markup | None]:
    drawn: list[Markup | None] = [
        text(42.0, 12.0, "MD", class_="name", anchor="end"),
        text(42.0, 25.0, "m", anchor="end"),
    ]
    ticks = steps(depth.low, depth.high, 10)
    drawn += [
        line(_PAY_AT - 4.0, depth.at(md), _PAY_AT, depth.at(md), "tick") for md in steps(depth.low, depth.high, 50)
    ]
    for md in ticks:
        y = depth.at(md)
        drawn += [
            text(42.0, y + 3.5, label(md) if md < 1e4 else f"{md:.0f}", anchor="end"),
            line(_PAY_AT, y, WIDTH - 4.0, y, "grid"),
        ]
    if logs.tvdss_m is None or logs.top_m is None or logs.base_m is None:
        return drawn
    drawn += [text(88.0, 12.0, "TVDSS", class_="name", anchor="end"), text(88.0, 25.0, "m", anchor="end")]
    # Between top and base it is known; a little above and below, the hole goes on as it does there.
    top, base = logs.tvdss_m
    slope = (base - top) / (logs.base_m - logs.top_m)
    for md in ticks:
        drawn.append(
            text(88.0, depth.at(md) + 3.5, f"{top + (md - logs.top_m) * slope:.1f}", class_="soft", anchor="end")
        )
    return drawn


def _pay(md_m: Sequence[float], pay: Sequence[bool], depth: Linear) -> list[Markup | None]:
    drawn: list[Markup | None] = [
        text(_PAY_AT + _PAY_WIDTH / 2, 73.0, "pay", class_="tiny", anchor="middle"),
        rect(_PAY_AT, _HEAD, _PAY_WIDTH, _BODY, "frame"),
    ]
    for first, last in runs(pay):
        above, below = _edges(md_m, first, last)
        drawn.append(rect(_PAY_AT, depth.at(above), _PAY_WIDTH, depth.at(below) - depth.at(above), "pay"))
    return drawn


def _beyond(
    md_m: Sequence[float],
    values: Values,
    depth: Linear,
    scale: Linear | Log,
    cutoff: float | None,
    meets: Callable[[float, float], bool],
    class_: str,
) -> list[Markup | None]:
    """Return what lies on the good side of a cutoff, shaded between the curve and it."""
    if cutoff is None:
        return []
    x, drawn = scale.at(cutoff), list[Markup | None]()
    for first, last in runs([known(value) and meets(value, cutoff) for value in values]):
        curve = [(scale.at(values[k] or 0.0), depth.at(md_m[k])) for k in range(first, last + 1)]
        drawn.append(area(curve, [(x, y) for _, y in curve], class_))
    return drawn


def _cutoff(scale: Linear | Log, cutoff: float | None, track: _Track, sign: str) -> list[Markup | None]:
    if cutoff is None:
        return []
    x = scale.at(cutoff)
    said = text((track.start + track.end) / 2, 74.0, f"{sign} {label(cutoff)}", class_="cutoff", anchor="middle")
    return [line(x, _HEAD, x, _HEAD + _BODY, "cutoff"), said]


def _contact(logs: Logs, depth: Linear) -> list[Markup | None]:
    if logs.contact_m is None or not logs.md_m[0] <= logs.contact_m <= logs.md_m[-1]:
        return []
    y = depth.at(logs.contact_m)
    return [
        line(_TRACKS[0][0], y, WIDTH - 4.0, y, "contact"),
        text(_TRACKS[0][0] + 3.0, y - 3.0, f"contact or lowest known oil {logs.contact_m:.1f}", class_="contact"),
    ]


def _interval(logs: Logs, depth: Linear) -> list[Markup | None]:
    if logs.top_m is None or logs.base_m is None:
        return []
    top, base = depth.at(logs.top_m), depth.at(logs.base_m)
    across = WIDTH - 4.0
    return [
        line(45.0, top, across, top, "edge"),
        line(45.0, base, across, base, "edge"),
        text(across - 3.0, top - 3.0, f"top {logs.top_m:.1f}", class_="edge", anchor="end"),
        text(across - 3.0, base + 11.0, f"base {logs.base_m:.1f}", class_="edge", anchor="end"),
    ]


def _points(
    values: Values, md_m: Sequence[float], scale: Linear | Log, depth: Linear
) -> list[tuple[float | None, float]]:
    pairs = zip(values, md_m, strict=True)
    return [(scale.at(value) if known(value) else None, depth.at(md)) for value, md in pairs]


def runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return first and last index of each run of True."""
    found: list[tuple[int, int]] = []
    for k, flag in enumerate(flags):
        if flag and found and found[-1][1] == k - 1:
            found[-1] = (found[-1][0], k)
        elif flag:
            found.append((k, k))
    return found


def _edges(md_m: Sequence[float], first: int, last: int) -> tuple[float, float]:
    """Return where samples begin and end: each owns midpoint to midpoint."""
    above = md_m[first] if first == 0 else (md_m[first - 1] + md_m[first]) / 2
    below = md_m[last] if last == len(md_m) - 1 else (md_m[last] + md_m[last + 1]) / 2
    return above, below
