from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.expressions import DEEPEST, LONGEST, parse_expression

FRAME = pl.DataFrame({"phie": [0.2, None], "vsh": [0.1, 0.1], "klogh_md": [100.0, None], "zero": [0.0, 0.0]})
COLUMNS = {"phif": "phie", "vsh": "vsh", "klogh": "klogh_md", "zero": "zero"}


def value_of(text: str) -> list[float | None]:
    expression, faults = parse_expression(text, COLUMNS)
    assert expression is not None, faults
    return FRAME.select(expression.expr().alias("value"))["value"].to_list()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10 ** (8 * phif - 9 * vsh + 2)", 10 ** (8 * 0.2 - 9 * 0.1 + 2)),
        ("1.865 * klogh ** -0.0083", 1.865 * 100**-0.0083),
        ("-phif ** 2", -(0.2**2)),
        ("2 ** 3 ** 2 + 0 * phif", 512.0),
        ("7 - 2 - 1 + 0 * phif", 4.0),
        ("8 / 2 / 2 * phif", 0.4),
        ("--phif", 0.2),
        ("+phif", 0.2),
        ("log10(klogh) + 0 * phif", 2.0),
        ("ln(klogh * phif)", math.log(20)),
        ("exp(phif)", math.exp(0.2)),
        ("sqrt(phif)", math.sqrt(0.2)),
        ("abs(-phif)", 0.2),
        ("min(phif, vsh)", 0.1),
        ("max(phif, vsh)", 0.2),
        (" \n( phif )\t", 0.2),
        (".5e1 * phif", 1.0),
    ],
)
def test_that_an_expression_has_the_value_of_its_arithmetic_and_null_where_a_curve_is_null(
    text: str, value: float
) -> None:
    assert value_of(text) == [pytest.approx(value), None]


@pytest.mark.parametrize("text", ["vsh / zero", "ln(zero)", "sqrt(0 - vsh)", "10 ** (9999 * vsh)", "zero ** -1"])
def test_that_what_is_not_finite_is_null(text: str) -> None:
    assert value_of(text) == [None, None]


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("", 1, "a number, a name"),
        ("phif +", 7, "a number, a name"),
        ("phif vsh", 6, "must end"),
        ("2phif", 2, "must end"),
        ("(phif", 6, "opened at column 1"),
        ("phif)", 5, "must end"),
        ("phif ^ 2", 6, "must end"),
        ("10 ** phi", 7, "a name must be one of klogh, phif, vsh"),
        ("__import__('os')", 12, "a number, a name"),
        ("open(phif)", 1, "a function must be one of"),
        ("sqrt(phif, vsh)", 1, "one value"),
        ("min(phif)", 1, "two values"),
        ("phif.real", 5, "must end"),
        ("phif ** 101", 9, "exponent"),
        ("phif ** -1e9", 9, "exponent"),
        ("1e999", 1, "finite"),
        ("phif if vsh else 2", 6, "must end"),
        ("phif // 2", 7, "a number, a name"),
        ("φ * 2", 1, "a number, a name"),
        ("phif # x", 6, "must end"),
        ("9" * (LONGEST + 1), LONGEST + 1, "at most"),
        ("(" * (DEEPEST + 1) + "phif" + ")" * (DEEPEST + 1), DEEPEST + 1, "nested"),
        ("-" * (DEEPEST + 1) + "phif", DEEPEST + 1, "nested"),
        ("2" + " ** 2" * DEEPEST, 2 + 5 * DEEPEST - 1, "nested"),
    ],
)
def test_that_a_fault_is_said_with_its_column(text: str, position: int, said: str) -> None:
    expression, faults = parse_expression(text, {k: v for k, v in COLUMNS.items() if k != "zero"})
    assert expression is None
    assert [(fault.position, said in fault.must) for fault in faults] == [(position, True)]


def test_that_every_unknown_name_is_said() -> None:
    _, faults = parse_expression("phi * 2 + perm(vsh) + swi", COLUMNS)
    assert [(fault.position, fault.found) for fault in faults] == [(1, "'phi'"), (11, "'perm'"), (23, "'swi'")]


def test_that_a_caret_is_explained() -> None:
    _, faults = parse_expression("phif ^ 2", COLUMNS)
    assert [fault.remedy for fault in faults] == ["Write ** for a power"]


def test_that_an_expression_says_the_names_it_uses() -> None:
    expression, _ = parse_expression("1.8 * klogh + phif", COLUMNS)
    assert expression is not None
    assert expression.names == {"klogh", "phif"}


@given(st.text(max_size=60))
def test_that_no_text_raises(text: str) -> None:
    expression, faults = parse_expression(text, COLUMNS)
    assert (expression is None) == bool(faults)
    assert all(1 <= fault.position <= len(text) + 1 for fault in faults)


OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: pow,
}  # fmt: skip


def by_python(node: ast.expr) -> float:
    """Return what Python's own grammar makes of a text of numbers: how signs and powers must bind."""
    if isinstance(node, ast.BinOp):
        return float(OPERATORS[type(node.op)](by_python(node.left), by_python(node.right)))
    if isinstance(node, ast.UnaryOp):
        return -by_python(node.operand) if isinstance(node.op, ast.USub) else by_python(node.operand)
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int | float)
    return float(node.value)


@given(
    st.recursive(
        st.sampled_from(["1", "2", "0.5", "3"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from([" + ", " - ", "*", " / ", " ** "]), inner).map("".join),
            inner.map(lambda text: f"-{text}"),
            inner.map(lambda text: f"({text})"),
        ),
        max_leaves=6,
    )
)
def test_that_signs_and_powers_bind_as_in_python(text: str) -> None:
    try:
        expected = by_python(ast.parse(text, mode="eval").body)
    except (TypeError, ZeroDivisionError, OverflowError):  # a complex number, or none
        return
    expression, faults = parse_expression(text, COLUMNS)
    if expression is None:
        assert all("nested" in fault.must for fault in faults)
        return
    value = FRAME.select(expression.expr().alias("value"))["value"][0]
    assert value == pytest.approx(expected, rel=1e-12) or not math.isfinite(expected)
