"""Class: the first rule that matches, from quarantine to high confidence."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.facts import said_beside, where
from scoring.gaps import GAP, heaviest_first
from scoring.gate_details import gap_detail
from scoring.gates import any_with, blocked, columns_of
from scoring.profile import Input, Profile
from scoring.vocabulary import BLOCK, CLASS_RULES, CLASSES, COMPONENTS, HOLD, QUARANTINE, SPATIAL

CLASS: Final = pl.Enum(CLASSES)
RULE: Final = pl.Enum(CLASS_RULES)
OF_RULE: Final = {"R1": "Q", "R2": "D", "R3": "C", "R4": "A", "R5": "B"}


def class_rule(profile: Profile) -> pl.Expr:
    """Return the rule that fires first, R1 to R5.

    Needs: columns of `gates.judged`, scores and potentials, quarantine_reason, and what `gates.blocked` needs.
    """
    d, c, a = (profile.classes[name] for name in ("D", "C", "A"))
    quarantined = any_with(profile, BLOCK, critical=True) | pl.col("quarantine_reason").is_not_null()
    hopeless = blocked(profile) | pl.any_horizontal(pl.col(name) < least for name, least in d.items())
    weak = any_with(profile, BLOCK, critical=False) | pl.any_horizontal(_score(name) < c[name] for name in c)
    held = any_with(profile, HOLD) | any_with(profile, SPATIAL)
    strong = pl.all_horizontal(_score(name) >= a[name] for name in a)
    return (
        pl.when(quarantined)
        .then(pl.lit("R1", RULE))
        .when(hopeless)
        .then(pl.lit("R2", RULE))
        .when(weak)
        .then(pl.lit("R3", RULE))
        .when(~held & strong)
        .then(pl.lit("R4", RULE))
        .otherwise(pl.lit("R5", RULE))
    )


def classification() -> pl.Expr:
    """Return the class of the rule that fired. Needs: class_rule."""
    found = pl.lit("B", CLASS)
    for rule, name in OF_RULE.items():
        found = pl.when(pl.col("class_rule") == rule).then(pl.lit(name, CLASS)).otherwise(found)
    return found


def leading_gap(profile: Profile) -> pl.Expr:
    """Return the code of the gap to see to first; null where there is none.

    Q: its first critical gap, or the quarantine. D: what rules the job out. C: its first major block, else the heaviest
    missing input of a score that is too low. B: its first hold or spatial quarantine, else its heaviest missing input.
    A: none.
    Needs: classification, columns of `gates.judged`, `<input>_gap`.
    """
    critical = [(c, g) for c, g, e in columns_of(profile) if e.promotion_action == BLOCK and e.severity == "critical"]
    major = [(c, g) for c, g, e in columns_of(profile) if e.promotion_action == BLOCK and e.severity != "critical"]
    held = [(c, g) for c, g, e in columns_of(profile) if e.promotion_action == HOLD]
    held += [(c, g) for c, g, e in columns_of(profile) if e.promotion_action == SPATIAL]
    missing = pl.coalesce(pl.col(f"{one.name}_gap") for one in heaviest_first(profile))
    wanting = pl.coalesce(_gap_where_short(profile, one) for one in (*heaviest_first(profile), *_trusted(profile)))
    return (
        pl.when(pl.col("classification") == "Q")
        .then(_first([(column, gate.code) for column, gate in critical], pl.lit(QUARANTINE, GAP)))
        .when(pl.col("classification") == "D")
        .then(pl.when(blocked(profile)).then(pl.lit("G3.OPERABILITY", GAP)))
        .when(pl.col("classification") == "C")
        .then(_first([(column, gate.code) for column, gate in major], wanting))
        .when(pl.col("classification") == "B")
        .then(_first([(column, gate.code) for column, gate in held], missing))
    )


def with_blocking_reason(targets: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return targets with blocking_reason: for C, Q, and D by a job ruled out, a sentence to act on; else null.

    Needs: classification, leading_gap and what its sentence needs. Sentences are made only where they are wanted.
    """
    wanted = pl.col("classification").is_in(["C", "Q", "D"]) & ~(
        (pl.col("classification") == "D") & pl.col("leading_gap").is_null()
    )
    asked = targets.select("leading_gap", _is_gate(profile), wanted=wanted).with_row_index("row").filter("wanted")
    parts = [pl.DataFrame(schema={"row": pl.UInt32, "blocking_reason": pl.String})]
    for (code, by_gate), rows in asked.group_by("leading_gap", "by_gate", maintain_order=True):
        of = None if code is None else str(code)
        sentence = gap_detail(str(of), profile) if by_gate else _thresholds(profile, of)
        needed = sorted(set(sentence.meta.root_names()))
        reasons = targets.select(needed)[rows["row"]].select(sentence.alias("blocking_reason"))
        parts.append(rows.select("row").hstack(reasons))
    reasons = pl.concat(parts).sort("row")
    order = pl.when(wanted).then(wanted.cum_sum() - 1)
    return targets.with_columns(pl.lit(reasons["blocking_reason"]).gather(order).alias("blocking_reason"))


def _is_gate(profile: Profile) -> pl.Expr:
    """Return where a gate leads, and not a score below its threshold whose heaviest missing input is named."""
    major = any_with(profile, BLOCK, critical=False)
    return ((pl.col("classification") != "C") | major).alias("by_gate")


def _thresholds(profile: Profile, code: str | None) -> pl.Expr:
    """Return the sentence of a C that no gate blocks: which scores are too low, and what to get first."""
    remedy = pl.lit("Nothing that is missing would raise it.")
    if code is None:
        doubtful = _score("confidence") < profile.classes["C"]["confidence"]
        remedy = pl.when(doubtful).then(pl.lit("Improve what confidence rests on.")).otherwise(remedy)
    elif code.startswith("INPUT."):
        remedy = pl.lit(next(one.remedy for one in profile.inputs if one.gap_code == code))
    else:
        remedy = pl.lit(f"Close {code} first.")
    short = []
    for name, least in profile.classes["C"].items():
        found = said_beside(_column(name), least, 2)
        score = pl.format(f"{name} score must be {least:g} or more, was {{}}", found)
        short.append(pl.when(_score(name) < least).then(score))
    reasons = pl.concat_str(short, separator="; ", ignore_nulls=True)
    return pl.concat_str([where(), pl.lit(": "), reasons, pl.lit(". "), remedy])


def _gap_where_short(profile: Profile, one: Input) -> pl.Expr:
    """Return the gap of an input where closing it would raise a score that is below its threshold of class C."""
    least = profile.classes["C"]
    short = _score("total") < least["total"]
    if one.component in least:
        short |= _score(one.component) < least[one.component]
    return pl.when(short).then(pl.col(f"{one.name}_gap"))


def _trusted(profile: Profile) -> list[Input]:
    return [one for one in profile.inputs if one.absent_is_zero]


def _first(columns: list[tuple[str, str]], otherwise: pl.Expr) -> pl.Expr:
    found = otherwise
    for column, code in reversed(columns):
        found = pl.when(pl.col(column)).then(pl.lit(code, GAP)).otherwise(found)
    return found


def _score(name: str) -> pl.Expr:
    return pl.col(_column(name))


def _column(name: str) -> str:
    return f"{name}_score" if name in COMPONENTS else "total_score"
