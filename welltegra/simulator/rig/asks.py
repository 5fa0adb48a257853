"""From what a person asks of the rig to a fault, or to the sentence that says why not. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import NamedTuple

from connectors.errors import ConnectorError, did_you_mean, nearest
from connectors.units import conversion
from welltegra.simulator.rig.faults import KINDS, OF_NUMBERS, OF_WELLS, SENSOR_FAILURE, STATUSES, Fault, Kind
from welltegra.simulator.rig.tags import NAMES, STATE_TAG, TAG

BREACH_PERCENT = 105.0
LONGEST_S = 86_400
USUAL_S = 30
_ENDLESS = ("clock-step", "local")  # a clock that was set stays so, and so does a key that was turned
_USUAL_OFFSET_S = {"clock-skew": 5.0, "clock-step": -90.0}
_MOST_OFFSET_S = 30 * 86_400.0


class AskRefused(ConnectorError):
    """The rig does not do what it was asked; in one sentence."""


class Ask(NamedTuple):
    """What came over the wire: empty text and 0 mean that it is left to the rig."""

    what: str
    well: str
    tag: str
    for_s: float
    to: str


def fault_of(ask: Ask, wells: Collection[str], second: int) -> Fault:
    """Return the fault that an ask means, from `second` on.

    Raises:
        AskRefused: It means none.
    """
    if ask.what not in KINDS:
        raise AskRefused(_unknown("rig: must be a fault", ask.what, KINDS))
    kind = ask.what
    tag = tag_of(ask, wells)
    if kind in OF_WELLS and tag is not None:
        raise AskRefused(f"{kind}: must be of a whole well; was of tag {tag!r}. Leave --tag out.")
    if kind == "breach" and tag is None:
        tag = "pump_rate"
    if kind in OF_NUMBERS and tag == STATE_TAG:
        raise AskRefused(f"{kind}: must be of a tag with numbers; {STATE_TAG!r} has words. Choose another tag.")
    amount, word = _amount(kind, tag, ask.to)
    return Fault(kind, ask.well, tag, second, _end(kind, ask.for_s, second), amount, word)


def breach_target(tag: str, limit: str, percent: float) -> str:
    """Return `percent` of a limit, as an ask has it; the tag's usual limit where none is given, empty without any.

    Raises:
        AskRefused: The limit is no number.
    """
    if not limit:
        usual = TAG[tag].limit if tag in TAG else None
        return "" if usual is None else f"{usual * percent / 100.0:.10g}"
    return f"{_number('breach', limit) * percent / 100.0:.10g}"


def tag_of(ask: Ask, wells: Collection[str]) -> str | None:
    """Return the tag of an ask, None for all; AskRefused if there is no such well or tag."""
    if ask.well not in wells:
        raise AskRefused(_unknown("--well: must be a well of this rig", ask.well, wells))
    if ask.tag and ask.tag not in NAMES:
        raise AskRefused(_unknown("--tag: must be a tag", ask.tag, NAMES))
    return ask.tag or None


def said(fault: Fault) -> str:
    """Return what a fault does, as a sentence without its stop."""
    name = fault.well if fault.tag is None else f"{fault.well}/{fault.tag}"
    unit = TAG[fault.tag].unit if fault.tag in TAG else ""
    match fault.kind:
        case "breach":
            what = f"goes to {fault.amount:.10g} {unit} or beyond"
        case "noise":
            what = "is noisy" if fault.amount is None else f"is noisy, one sigma {fault.amount:.10g} {unit}".rstrip()
        case "freeze":
            what = "repeats its last value, at the time of each second"
        case "dropout":
            what = "is not updated"
        case "bad-status":
            what = f"has status {fault.word or SENSOR_FAILURE}"
        case "nan":
            what = "is NaN with status Good"
        case "clock-skew":
            what = f"is stamped by a clock {_off(fault)}"
        case "clock-step":
            what = f"has had its clock set {_off(fault)}"
        case "unit-change":
            what = f"is in {fault.word or (TAG[fault.tag].other_unit if fault.tag in TAG else 'another unit')}"
        case _:
            what = "is in local: requests are refused"
    until = "until it is cleared" if fault.end is None else f"for {fault.end - fault.start} s"
    return f"{name} {what}, {until}"


def as_json(fault: Fault, second: int) -> str:
    """Return a fault that is on, as a line for programs: seconds left, null for no end."""
    return json.dumps(
        {
            "what": fault.kind,
            "well": fault.well,
            "tag": fault.tag,
            "seconds_left": None if fault.end is None else fault.end - second,
            "said": said(fault),
        }
    )


def _amount(kind: Kind, tag: str | None, to: str) -> tuple[float | None, str]:
    match kind:
        case "breach":
            assert tag is not None
            limit = TAG[tag].limit
            if to:
                return _number(kind, to), ""
            if limit is None:
                raise AskRefused(f"breach: {tag!r} must be told how far to go, it has no usual limit. Give --to VALUE.")
            return limit * BREACH_PERCENT / 100.0, ""
        case "noise":
            return (_number(kind, to, least=0.0) if to else None), ""
        case "clock-skew" | "clock-step":
            return (_number(kind, to, -_MOST_OFFSET_S, _MOST_OFFSET_S) if to else _USUAL_OFFSET_S[kind]), ""
        case "bad-status":
            if to and to not in STATUSES:
                raise AskRefused(_unknown("--to: must be a status", to, STATUSES))
            return None, to
        case "unit-change":
            if to and tag is None:
                raise AskRefused(f"unit-change: {to!r} must be the unit of one tag. Give --tag, too.")
            if to and tag is not None:
                conversion(TAG[tag].unit, to)  # which says itself what is wrong with it
            return None, to
        case _:
            if to:
                raise AskRefused(f"{kind}: must be told no value; was told {to!r}. Leave --to out.")
            return None, ""


def _number(kind: Kind, text: str, least: float = -math.inf, most: float = math.inf) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and least <= number <= most):
        between = f" from {least:,.10g} to {most:,.10g}" if math.isfinite(most) else ""
        between = between or (f" of {least:,.10g} or more" if math.isfinite(least) else "")
        raise AskRefused(f"{kind}: --to must be a number{between}; was {text!r}. Mend it.")
    return number


def _end(kind: Kind, for_s: float, second: int) -> int | None:
    if for_s == 0.0:
        return None if kind in _ENDLESS else second + USUAL_S
    if not 1 <= for_s <= LONGEST_S:
        raise AskRefused(f"{kind}: --for must be from 1 to {LONGEST_S:,} s; was {for_s:.10g} s. Mend it.")
    return second + math.ceil(for_s)


def _off(fault: Fault) -> str:
    amount = fault.amount or 0.0
    return f"{abs(amount):.10g} s {'ahead' if amount > 0 else 'back'}"


def _unknown(must: str, word: str, known: Collection[str]) -> str:
    remedy = did_you_mean(nearest(word, known))
    if not remedy:
        names = list(known)
        remedy = f"There are {', '.join(names[:12])}{' and others' if len(names) > 12 else ''}."
    return f"{must}; was {word!r}. {remedy}"
