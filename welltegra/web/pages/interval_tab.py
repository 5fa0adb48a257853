"""Where the target lies in its well, what the rock is, and the log strip that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from connectors.ops.shapes import Interval, TargetDetail
from welltegra.web.drawings.strip import Logs, log_strip
from welltegra.web.pages.contacts import contact_tvdss_m
from welltegra.web.words import figure, fixed, plain

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class IntervalTab:
    """Facts in groups: each a name and its words. strip: None where no log is kept. conflict, problem: sentences.

    bare: why there is no interval; None where there is one.
    """

    event_no: int
    zone: str
    place: tuple[Fact, ...]
    rock: tuple[Fact, ...]
    archie: tuple[Fact, ...]
    cutoffs: tuple[Fact, ...]
    strip: Markup | None
    conflict: str | None
    problem: str | None
    bare: str | None


def interval_tab(detail: TargetDetail) -> IntervalTab:
    """Return the tab."""
    interval, row, contact = detail.interval, detail.row, contact_tvdss_m(detail)
    return IntervalTab(
        event_no=row.event_no,
        zone=row.zone or "no zone",
        place=(
            ("Top, MD", fixed(interval.top_md_m, 1, "m")),
            ("Base, MD", fixed(interval.base_md_m, 1, "m")),
            ("Top, TVDSS", fixed(interval.top_tvdss_m, 1, "m")),
            ("Base, TVDSS", fixed(interval.base_tvdss_m, 1, "m")),
            ("Gross, true vertical", fixed(interval.gross_m, 1, "m")),
            ("Net, true vertical", fixed(interval.net_pay_m, 1, "m")),
            ("Net to gross", _share(interval.net_pay_m, interval.gross_m)),
            ("Completion", plain(interval.completion_status)),
            ("Contact or LKO", fixed(contact, 1, "m")),
        ),
        rock=(
            ("Vsh", fixed(interval.vsh, 2, "v/v")),
            ("PHIE", fixed(interval.phie, 3, "v/v")),
            ("Rt", plain(None) if interval.rt is None else f"{figure(interval.rt)} ohm.m"),
            ("Rt contrast", figure(interval.rt_contrast)),
            ("Sw", fixed(interval.sw, 2, "v/v")),
            ("HC pore thickness", fixed(interval.hcpt_m, 2, "m")),
            (
                "Permeability",
                plain(None) if interval.permeability_md is None else f"{figure(interval.permeability_md)} mD",
            ),
            ("Log quality", fixed(interval.log_quality, 2)),
        ),
        archie=(
            ("Sw model", plain(interval.sw_model)),
            ("Rw", _rw(interval)),
            (
                "a, m, n",
                ", ".join(figure(one) for one in (interval.a_factor, interval.m_exponent, interval.n_exponent)),
            ),
            ("Sw confidence", plain(interval.sw_confidence)),
            ("Porosity from", plain(interval.porosity_method)),
            ("Vsh from", plain(interval.vsh_method)),
            ("Archie at these means", _archie(interval)),
        ),
        cutoffs=tuple(
            (_CUTOFFS.get(name, plain(name)), figure(value))
            for name, value in interval.cutoffs.items()
            if value is not None
        ),
        strip=_strip(detail),
        conflict=interval.sw_conflict,
        problem=interval.depth_problem,
        bare=_bare(detail) if interval.top_md_m is None else None,
    )


def _bare(detail: TargetDetail) -> str:
    """Return why a target has no interval: nobody could look. A well whose logs hold no pay is no target."""
    logged = any(one.kind == "log" and one.well_id == detail.row.well_id for one in detail.sources)
    if logged:
        return (
            "The log of this well could not be used to look for pay, as its gaps say. What the well holds is not known."
        )
    return (
        "No log of this well is in the project, so nobody could look for pay in it. What the well holds is not known."
    )


_CUTOFFS = {
    "vsh_max": "Vsh at most",
    "phie_min": "PHIE at least",
    "sw_max": "Sw at most",
    "rt_min": "Rt at least [ohm.m]",
    "min_bed_m": "Thinnest bed [m]",
    "merge_gap_m": "Gap merged [m]",
    "min_net_m": "Least net [m]",
}


def _strip(detail: TargetDetail) -> Markup | None:
    strip, interval = detail.strip, detail.interval
    if strip is None or len(strip.md_m) < 2:
        return None
    top, base = interval.top_tvdss_m, interval.base_tvdss_m
    logs = Logs(
        strip.md_m,
        strip.gr,
        strip.rt,
        strip.vsh,
        strip.phie,
        strip.sw,
        interval.top_md_m,
        interval.base_md_m,
        None if top is None or base is None else (top, base),
        interval.cutoffs,
        _contact_md_m(detail),
    )
    says = (
        f"Log strip of {detail.row.well_id}, {strip.md_m[0]:.0f} to {strip.md_m[-1]:.0f} m MD: gamma ray, resistivity,"
        f" porosity and water saturation with their cutoffs; net pay {fixed(interval.net_pay_m, 1, 'm')}"
    )
    return log_strip(logs, says)


def _contact_md_m(detail: TargetDetail) -> float | None:
    """Return the measured depth of the contact, the hole going on beyond the interval as it does within."""
    interval, contact = detail.interval, contact_tvdss_m(detail)
    top_md, base_md = interval.top_md_m, interval.base_md_m
    top, base = interval.top_tvdss_m, interval.base_tvdss_m
    if contact is None or top_md is None or base_md is None or top is None or base is None or base <= top:
        return None
    return top_md + (contact - top) * (base_md - top_md) / (base - top)


def _archie(interval: Interval) -> str:
    """Return Sw by Archie's equation at the means of the interval, to be checked on paper."""
    found = (interval.a_factor, interval.m_exponent, interval.n_exponent, interval.rw_value, interval.phie, interval.rt)
    a, m, n, rw, phie, rt = found
    if a is None or m is None or n is None or rw is None or not phie or not rt or min(a, n, rw, phie, rt) <= 0:
        return plain(None)
    return f"{min((a * rw / (phie**m * rt)) ** (1.0 / n), 1.0):.2f} v/v"


def _rw(interval: Interval) -> str:
    if interval.rw_value is None:
        return "unknown"
    return f"{figure(interval.rw_value)} ohm.m, {plain(interval.rw_source)}"


def _share(net: float | None, gross: float | None) -> str:
    return fixed(net / gross, 2) if net is not None and gross else fixed(None)
