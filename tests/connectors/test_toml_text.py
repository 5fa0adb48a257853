from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toml_text import Path, at, dotted, line_near, lines_of, written

TEXT = '''\
# settings
top = 1

[a]
x = [
  1,  # [not.a.table]
  2,
]
text = """
[not.a.table]
x = 1
"""
b.c = {d = 1, "e f" = [3]}

[a.deep."A 12"]
y = 1

[[wells]]
name = "one"
[[wells]]
name = "two"
[[wells.tags]]
unit = "psi"
[[wells.tags]]
unit = "spm"
[wells.place]
field = "north"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("a",), 4),
        (("a", "x"), 5),
        (("a", "x", 1), 5),
        (("a", "text"), 9),
        (("a", "b"), 13),
        (("a", "b", "c", "e f", 0), 13),
        (("a", "deep"), 15),
        (("a", "deep", "A 12", "y"), 16),
        (("wells",), 18),
        (("wells", 0, "name"), 19),
        (("wells", 1), 20),
        (("wells", 1, "name"), 21),
        (("wells", 1, "tags", 0, "unit"), 23),
        (("wells", 1, "tags", 1, "unit"), 25),
        (("wells", 1, "place", "field"), 27),
        (("a", "absent"), 4),
        (("absent",), None),
        ((), None),
    ],
)
def test_that_the_line_of_a_key_is_where_its_statement_begins_or_that_of_what_is_around_it(
    path: Path, line: int | None
) -> None:
    assert line_near(lines_of(TEXT), path) == line


def test_that_lines_are_the_same_with_windows_line_ends() -> None:
    assert lines_of(TEXT.replace("\n", "\r\n")) == lines_of(TEXT)


def test_that_every_key_of_a_text_has_a_line() -> None:
    lines = lines_of(TEXT)
    assert [path for path in every_path(tomllib.loads(TEXT)) if path not in lines] == []


def every_path(tree: object, around: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    return [path for part, value in items for path in [(*around, part), *every_path(value, (*around, part))]]


@pytest.mark.parametrize("path", every_path(tomllib.loads(TEXT)), ids=dotted)
def test_that_the_statement_of_a_key_is_the_first_that_brings_it(path: Path) -> None:
    # The other way to find it: the shortest beginning of the text that can be read and has the key.
    lines, absent = TEXT.split("\n"), object()
    line = lines_of(TEXT)[tuple(path)]
    before = tomllib.loads("\n".join(lines[: line - 1]))
    assert at(before, path, absent) is absent
    readable = []
    for end in range(line, len(lines)):
        try:
            readable.append(tomllib.loads("\n".join(lines[:end])))
        except tomllib.TOMLDecodeError:
            continue
    assert at(readable[0], path, absent) is not absent


values = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(), values)
def test_that_what_is_written_reads_back_the_same(key: str, value: object) -> None:
    line = f"{dotted([key])} = {written(value)}"
    assert tomllib.loads(line) == {key: value}
    assert "\n" not in line
