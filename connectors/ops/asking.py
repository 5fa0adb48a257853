"""Pure: filters and order as SQL over ops.worklist_rows. Names come from closed tables, values go by parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from psycopg import sql as pgsql

from connectors.ops.filters import DEPLETION_RISKS, SORTABLE, Cursor, Filters, Sort

# Of each filter, what must hold; its value is the parameter of its name. `row`: ops.worklist_rows, `review`: its state.
CONDITIONS: Final[Mapping[str, pgsql.SQL]] = {
    "field": pgsql.SQL("row.field = ANY (%(field)s)"),
    "reservoir": pgsql.SQL("row.reservoir = ANY (%(reservoir)s)"),
    "classification": pgsql.SQL("row.classification = ANY (%(classification)s)"),
    "min_total": pgsql.SQL("row.total_score >= %(min_total)s"),
    "max_depletion_risk": pgsql.SQL("row.depletion_risk = ANY (%(max_depletion_risk)s)"),
    "operability_status": pgsql.SQL("row.operability_status = ANY (%(operability_status)s)"),
    "data_confidence": pgsql.SQL("row.data_confidence = ANY (%(data_confidence)s)"),
    "evidence_min": pgsql.SQL("row.evidence_completeness >= %(evidence_min)s"),
    "no_spatial_gap": pgsql.SQL("NOT row.has_spatial_gap"),
    "has_action": pgsql.SQL("row.has_action"),
    "review_state": pgsql.SQL("COALESCE(review.state, 'unreviewed') = ANY (%(review_state)s)"),
    "text": pgsql.SQL("(row.well_id ILIKE %(text)s OR row.well_name ILIKE %(text)s)"),
}
FROM: Final = pgsql.SQL("FROM ops.worklist_rows AS row LEFT JOIN ops.review_states AS review USING (target_key)")


def conditions(filters: Filters) -> tuple[dict[str, pgsql.SQL], dict[str, Any]]:
    """Return the conditions of the filters that are set, by name, and their parameters."""
    values: dict[str, Any] = {}
    for name in CONDITIONS:
        value = getattr(filters, name)
        if isinstance(value, tuple):
            value = list(value)
        if value not in (None, False, []) or (name in ("min_total", "evidence_min") and value is not None):
            values[name] = value
    if filters.max_depletion_risk is not None:
        upto = DEPLETION_RISKS[: DEPLETION_RISKS.index(filters.max_depletion_risk) + 1]
        values["max_depletion_risk"] = [*upto, *(["unknown"] if filters.depletion_unknown else [])]
    if filters.text is not None:
        values["text"] = f"%{_literally(filters.text)}%"
    return {name: CONDITIONS[name] for name in values}, values


def where(filters: Filters) -> tuple[pgsql.Composed, dict[str, Any]]:
    """Return a condition on `row` and `review` that a target must meet, of the run `run_id`, and its parameters."""
    of, values = conditions(filters)
    return pgsql.SQL(" AND ").join([pgsql.SQL("row.run_id = %(run_id)s"), *of.values()]), values


def keys(sort: Sort) -> list[pgsql.Composable]:
    """Return what the order compares, in order, as columns of a SELECT."""
    return [_key(name) for name, _ in sort.whole]


def order(sort: Sort) -> pgsql.Composed:
    """Return the ORDER BY of an order; what is null comes last."""
    ways = (pgsql.SQL("DESC NULLS LAST") if descending else pgsql.SQL("ASC NULLS LAST") for _, descending in sort.whole)
    ordered = (pgsql.SQL("{} {}").format(_key(name), way) for (name, _), way in zip(sort.whole, ways, strict=True))
    return pgsql.SQL("ORDER BY ") + pgsql.SQL(", ").join(ordered)


def after(cursor: Cursor) -> tuple[pgsql.Composed, dict[str, Any]]:
    """Return the condition of what comes after a cursor in its order, and its parameters."""
    same: list[pgsql.Composable] = []
    ways: list[pgsql.Composable] = []
    values: dict[str, Any] = {}
    for place, ((name, descending), value) in enumerate(zip(cursor.sort.whole, cursor.values, strict=True)):
        parameter = f"after_{place}"
        values[parameter] = value
        parts: dict[str, pgsql.Composable] = {"key": _key(name), "value": pgsql.Placeholder(parameter)}
        if value is not None:
            than = pgsql.SQL(
                "({key} < {value} OR {key} IS NULL)" if descending else "({key} > {value} OR {key} IS NULL)"
            )
            ways.append(pgsql.SQL("({})").format(pgsql.SQL(" AND ").join([*same, than.format(**parts)])))
            same.append(pgsql.SQL("{key} = {value}").format(**parts))
        else:
            # Nulls are last, so nothing of this key comes after one.
            del values[parameter]
            same.append(pgsql.SQL("{key} IS NULL").format(**parts))
    return pgsql.SQL("({})").format(pgsql.SQL(" OR ").join(ways)), values


def _key(name: str) -> pgsql.Composable:
    kind = SORTABLE[name]
    if name == "review_state":
        column: pgsql.Composable = pgsql.SQL("COALESCE(review.state, 'unreviewed')")
    else:
        column = pgsql.Identifier("row", name)
    if isinstance(kind, tuple):
        return pgsql.SQL("array_position({}::text[], {})").format(pgsql.Literal(list(kind)), column)
    # By code point: the same order on every server, and the one that a cursor is compared in.
    return pgsql.SQL('{} COLLATE "C"').format(column) if kind == "text" else column


def _literally(text: str) -> str:
    """Return a text with what LIKE would take for more than itself escaped."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
