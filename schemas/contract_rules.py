"""Pure: what must hold between the values of a document, that JSON Schema cannot say.

The document is as json.loads gives it with Decimals, and may be of any shape: what is not there or not of its kind is
the shape's fault, and is passed over here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, TypeGuard

from schemas.contract_wording import ContractFault, said

Json = Mapping[str, Any]
Faults = Iterator[ContractFault]

# Of a stated Sw from Archie's on the interval's own PHIE and Rt [-]. Those are means over samples: of our own intervals
# the two differ by less; where not, sw_conflict says so.
SW_TOLERANCE: Final = 0.05
# Of lengths that were rounded one by one [m].
_LENGTH_TOLERANCE: Final = Decimal("0.000001")
_COMPONENTS: Final = ("static", "dynamic", "operability", "confidence")
# The source's; a document may state its own.
_WEIGHTS: Final = dict(zip(_COMPONENTS, map(Decimal, ("0.35", "0.30", "0.20", "0.15")), strict=True))
_CLASSES: Final = "ABCDQ"
_KEY: Final = ("class", "total", "potential", "net thickness", "well_id", "event_no", "source_candidate_id")
_DECIMALS: Final = 6  # of a score of ours
_RULE_CLASS: Final = {"R1": "Q", "R2": "D", "R3": "C", "R4": "A", "R5": "B"}
_DEPTHS: Final = (("top_tvdss_m", "base_tvdss_m"), ("top_md_m", "base_md_m"))


def reopening_faults(document: Json) -> Faults:
    """Yield what does not hold in a ranking of reopening targets."""
    targets = _objects(document.get("candidates"))
    yield from _counts(document, len(targets))
    yield from _summary(document, targets)
    if isinstance(selection := document.get("selection"), dict):
        yield from _selected(document, selection, targets)
    else:
        yield from _ranks(document, targets)
    yield from _once(targets, "target_id")
    decimals = _decimals(targets)
    yield from _order(targets, decimals)
    weights = _weights(document)
    for path, target in targets:
        yield from _total(path, target, weights, decimals)
        yield from _class(path, target)
        yield from _potentials(path, target)
        interval = target.get("interval")
        if isinstance(interval, dict):
            yield from interval_faults(f"{path}.interval", interval)
        inputs, archie = target.get("score_inputs"), target.get("archie_assumptions")
        if isinstance(inputs, dict) and isinstance(archie, dict):
            yield from saturation_faults(f"{path}.score_inputs.sw", inputs, archie)


def bypassed_pay_faults(document: Json) -> Faults:
    """Yield what does not hold in what discovery found."""
    candidates = _objects(document.get("candidates"))
    yield from _counts(document, len(candidates))
    yield from _ranks(document, candidates)
    yield from _once(candidates, "candidate_id")
    for path, candidate in candidates:
        interval, archie = candidate.get("interval"), candidate.get("archie_assumptions")
        if isinstance(interval, dict):
            yield from interval_faults(f"{path}.interval", interval)
        if isinstance(archie, dict):
            yield from saturation_faults(f"{path}.sw", candidate, archie)


def interval_faults(path: str, interval: Json) -> Faults:
    """Yield what does not hold of an interval: its base below its top, its pay within it."""
    for top, base in _DEPTHS:
        upper, lower = _number(interval.get(top)), _number(interval.get(base))
        if upper is not None and lower is not None and lower <= upper:
            yield ContractFault(f"{path}.{base}", f"must be below {top}, {upper} m", f"{lower} m", "Correct the two.")
    net, gross = _number(interval.get("net_thickness_m")), _number(interval.get("gross_thickness_m"))
    if net is not None and gross is not None and net > gross + _LENGTH_TOLERANCE:
        must = f"must not be above gross_thickness_m, {gross} m"
        yield ContractFault(f"{path}.net_thickness_m", must, f"{net} m", "Correct the two.")


def saturation_faults(path: str, values: Json, archie: Json) -> Faults:
    """Yield where a stated Sw is not what Archie gives from the values beside it, and sw_conflict does not say so.

    Sw = ((a Rw) / (phi^m Rt))^(1/n), cut to 1. values: sw, phie and rt.
    """
    if archie.get("sw_model") != "archie" or archie.get("sw_conflict"):
        return
    names = ("a_factor", "rw_value", "m_exponent", "n_exponent")
    stated, *known = (
        _number(value)
        for value in (*(values.get(name) for name in ("sw", "phie", "rt")), *(archie.get(name) for name in names))
    )
    if stated is None or any(value is None or value <= 0 for value in known):
        return
    phie, rt, a, rw, m, n = (float(value) for value in known if value is not None)
    recomputed = min(1.0, math.pow(a * rw / (math.pow(phie, m) * rt), 1 / n))
    if abs(float(stated) - recomputed) > SW_TOLERANCE:
        must = (
            f"must be {recomputed:.3f} within {SW_TOLERANCE}, as Archie gives from phie {phie:g}, rt {rt:g} ohm.m,"
            f" rw {rw:g} ohm.m, a {a:g}, m {m:g} and n {n:g}"
        )
        remedy = "Correct the one that is wrong, or say in archie_assumptions.sw_conflict why they differ."
        yield ContractFault(path, must, str(stated), remedy)


def _counts(document: Json, found: int) -> Faults:
    count, part = document.get("candidate_count"), document.get("part")
    if not _whole(count):
        return
    if isinstance(part, dict):
        first = part.get("first_rank")
        if _whole(first) and first + found - 1 > count:
            must = f"must not be below the last rank of this part, {first + found - 1}"
            yield ContractFault("$.candidate_count", must, said(count), "Correct the count.")
    elif count != found:
        must = f"must be the number of candidates, {found}"
        yield ContractFault("$.candidate_count", must, said(count), "Correct the count, or add what is missing.")


def _summary(document: Json, targets: list[tuple[str, Json]]) -> Faults:
    summary = document.get("summary")
    if not isinstance(summary, dict) or isinstance(document.get("part"), dict):
        return
    found = Counter(letter for _, target in targets if isinstance(letter := target.get("classification"), str))
    counts = summary.get("class_counts")
    if isinstance(counts, dict):
        for name in _CLASSES:
            if _whole(counts.get(name, 0)) and counts.get(name, 0) != found[name]:
                must = f"must be the number of candidates of class {name}, {found[name]}"
                yield ContractFault(f"$.summary.class_counts.{name}", must, said(counts.get(name, 0)), "Correct it.")
    for name, classes in (("blocked_count", "CQ"), ("review_ready_count", "AB")):
        number = sum(found[letter] for letter in classes)
        if _whole(summary.get(name)) and summary[name] != number:
            must = f"must be the number of candidates of classes {' and '.join(classes)}, {number}"
            yield ContractFault(f"$.summary.{name}", must, said(summary[name]), "Correct it.")


def _ranks(document: Json, rows: list[tuple[str, Json]]) -> Faults:
    part = document.get("part")
    first = part.get("first_rank") if isinstance(part, dict) else 1
    if not _whole(first):
        return
    for number, (path, row) in enumerate(rows, first):
        if _whole(row.get("rank")) and row["rank"] != number:
            must = f"must be {number}: ranks count from {first} without a hole, in their order"
            yield ContractFault(f"{path}.rank", must, said(row["rank"]), "Put them in order.")


def _selected(document: Json, selection: Json, targets: list[tuple[str, Json]]) -> Faults:
    """Yield what does not hold of some targets of a ranking: each has the rank that it has there."""
    if isinstance(document.get("part"), dict):
        must = "must not be there beside selection: a part is of a whole ranking"
        yield ContractFault("$.part", must, "there", "Remove the one that is wrong.")
    whole = selection.get("of")
    if _whole(whole) and whole < len(targets):
        must = f"must not be below the number of candidates, {len(targets)}"
        yield ContractFault("$.selection.of", must, said(whole), "Write how many the whole ranking has.")
    before = 0
    for path, target in targets:
        rank = target.get("rank")
        if not _whole(rank):
            continue
        if rank <= before:
            must = f"must be above the one before it, {before}: a selection keeps the order of its ranking"
            yield ContractFault(f"{path}.rank", must, said(rank), "Put them in order.")
        elif _whole(whole) and rank > whole:
            must = f"must be at most selection.of, {whole}, as the ranking has no more"
            yield ContractFault(f"{path}.rank", must, said(rank), "Correct the one that is wrong.")
        before = max(before, rank)


def _once(rows: list[tuple[str, Json]], name: str) -> Faults:
    first: dict[str, str] = {}
    for path, row in rows:
        value = row.get(name)
        if isinstance(value, str) and first.setdefault(value.lower(), path) != path:
            must = f"must be of one candidate alone; {first[value.lower()]} has it too"
            yield ContractFault(f"{path}.{name}", must, said(value), "Give each its own.")


def _order(targets: list[tuple[str, Json]], decimals: int) -> Faults:
    before: tuple[Any, ...] | None = None
    for path, target in targets:
        here = _place(target, decimals)
        if here is None:
            before = None
            continue
        if before is not None:
            # What both have of the key; documents of others may lack its end.
            shared = list(zip(before, here, strict=False))
            at = next((number for number, (one, other) in enumerate(shared) if one != other), None)
            if at is not None and at < 2 and here < before:
                must = "must not come after a lower class or a smaller total: A, B, C, D, Q, and the larger total first"
                found = f"class {target['classification']}, total {target['total_score']}"
                yield ContractFault(f"{path}.rank", must, found, "Put them in order.")
            elif at is not None and here < before:
                must = "must be in the order that parts equal totals: the larger potential, then net thickness, first;"
                must += " then well_id, event_no and source_candidate_id, ascending"
                yield ContractFault(f"{path}.rank", must, f"the lower by {_KEY[at]}", "Put them in order.")
        before = here


def _place(target: Json, decimals: int) -> tuple[Any, ...] | None:
    """Return what a target is ranked by, as far as the document tells, null last; None where it tells nothing.

    Of scores that were cut further than ours are, equal ones need not have been equal.
    """
    total, letter = _number(target.get("total_score")), target.get("classification")
    if total is None or not isinstance(letter, str) or letter not in _CLASSES:
        return None
    place: tuple[Any, ...] = (_CLASSES.index(letter), -total)
    potential, interval = _number(target.get("total_potential")), target.get("interval", ...)
    if decimals < _DECIMALS or potential is None or not isinstance(target.get("well_id"), str):
        return place
    if isinstance(interval, dict):
        net, event_no = _number(interval.get("net_thickness_m")), interval.get("event_no")
    else:
        net, event_no = None, 0
    if interval is ... or not _whole(event_no):
        return (*place, -potential)
    candidate = target.get("source_candidate_id")
    thickness = (net is None, -(net or Decimal(0)))
    return (*place, -potential, thickness, target["well_id"], event_no, (candidate is None, str(candidate).lower()))


def _total(path: str, target: Json, weights: Mapping[str, Decimal], decimals: int) -> Faults:
    scores = {name: _number(target.get(f"{name}_score")) for name in _COMPONENTS}
    total = _number(target.get("total_score"))
    known = {name: score for name, score in scores.items() if score is not None}
    if total is None or len(known) < len(scores):
        return
    exact = sum((weights[name] * score for name, score in known.items()), Decimal(0))
    if abs(total - exact) > Decimal(5) / 10 ** (decimals + 1):
        terms = " + ".join(f"{weights[name].normalize()} x {score}" for name, score in known.items())
        must = f"must be the weighted sum at {decimals} decimals, {terms} = {round(exact, decimals)}"
        yield ContractFault(f"{path}.total_score", must, str(total), "Correct the total, or state the weights.")


def _class(path: str, target: Json) -> Faults:
    letter, rule, reason = (target.get(name) for name in ("classification", "class_rule", "blocking_reason"))
    if isinstance(rule, str) and rule in _RULE_CLASS and letter != _RULE_CLASS[rule]:
        must = f"must be {_RULE_CLASS[rule]}, the class that rule {rule} gives"
        yield ContractFault(f"{path}.classification", must, said(letter), "Correct the one that is wrong.")
    if letter in ("C", "Q") and reason is None:
        must = f"must say what blocks a target of class {letter}"
        yield ContractFault(f"{path}.blocking_reason", must, "null", "Say what a person must do first.")
    if letter in ("A", "B") and reason is not None:
        must = f"must be null for class {letter}, which nothing blocks"
        yield ContractFault(f"{path}.blocking_reason", must, said(reason), "Remove it.")


def _potentials(path: str, target: Json) -> Faults:
    potentials = target.get("potentials")
    pairs = (
        [(f"potentials.{name}", f"{name}_score", potentials.get(name)) for name in _COMPONENTS]
        if isinstance(potentials, dict)
        else []
    )
    for name, score, value in (*pairs, ("total_potential", "total_score", target.get("total_potential"))):
        potential, least = _number(value), _number(target.get(score))
        if potential is not None and least is not None and potential < least:
            must = f"must not be below {score}, {least}"
            yield ContractFault(f"{path}.{name}", must, str(potential), "Correct the two.")


def _weights(document: Json) -> Mapping[str, Decimal]:
    stated = document.get("weights")
    found = {name: _number(stated.get(name)) for name in _COMPONENTS} if isinstance(stated, dict) else {}
    known = {name: weight for name, weight in found.items() if weight is not None}
    return known if len(known) == len(_COMPONENTS) else _WEIGHTS


def _decimals(targets: list[tuple[str, Json]]) -> int:
    """Return how many decimals scores are printed with: those of the longest, as zeros at the end may be left out."""
    most = 0
    for _, target in targets:
        for name in (*_COMPONENTS, "total"):
            score = target.get(f"{name}_score")
            if isinstance(score, Decimal):
                exponent = score.as_tuple().exponent
                most = max(most, -exponent if isinstance(exponent, int) else 0)
    return most


def _objects(rows: Any) -> list[tuple[str, Json]]:
    """Return the objects among candidates, each with its path."""
    if not isinstance(rows, list):
        return []
    return [(f"$.candidates[{number}]", row) for number, row in enumerate(rows) if isinstance(row, dict)]


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    return Decimal(value)


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
