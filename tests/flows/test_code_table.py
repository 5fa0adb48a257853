from __future__ import annotations

import pyarrow as pa
import pytest

from flows import code_table
from flows.code_table import CodeTable, CodeTables, Unreadable


def columns(*wells: str) -> list[pa.DictionaryArray]:
    rows = len(wells)
    return [
        pa.array(wells).dictionary_encode(),
        pa.array(["pump_rate"] * rows).dictionary_encode(),
        pa.array(["spm"] * rows).dictionary_encode(),
    ]


def test_that_a_table_is_kept_for_each_of_the_gateways_that_take_turns() -> None:
    tables = CodeTables()
    one, two = tables.of(columns("A", "B")), tables.of(columns("C"))
    assert tables.of(columns("A", "B")) is one
    assert tables.of(columns("C")) is two


def test_that_the_tables_used_last_are_kept_when_there_is_no_room_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_table, "_MOST_CODES", 30)
    tables = CodeTables()
    one, two = tables.of(columns("A", "B")), tables.of(columns("C"))  # 12 and 8 places
    assert tables.of(columns("A", "B")) is one
    tables.of(columns("D", "E"))
    assert tables.of(columns("A", "B")) is one
    assert tables.of(columns("C")) is not two


def test_that_dictionaries_too_large_for_a_table_of_all_combinations_are_looked_up_by_what_occurs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(code_table, "_MOST_CODES", 3)
    given = columns("A", "B", "A")
    table = CodeTables().of(given)
    places, occurring = table.codes(given)
    assert [table.names(int(place)) for place in occurring] == [("A", "pump_rate", "spm"), ("B", "pump_rate", "spm")]
    assert places.tolist() == [0, 1, 0]


def test_that_factors_take_room_only_once_a_unit_differs() -> None:
    table = CodeTable(columns("A"))
    table.learn(0, 7, (1.0, 0.0))
    table.learn(1, 8, Unreadable("why"))
    assert (table.converts, len(table.factor)) == (False, 0)
    table.learn(2, 9, (60.0, 1.0))
    assert table.converts
    assert table.factor[[0, 2]].tolist() == [1.0, 60.0]
    assert table.offset[[0, 2]].tolist() == [0.0, 1.0]
    assert table.tag[[0, 1, 2]].tolist() == [7, 8, 9]
    assert table.reasons == {1: "why"}
