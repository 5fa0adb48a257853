from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from welltegra.report.thin import thin


def lines(times: list[int], values: list[float], column_us: float, gap_us: int) -> list[list[tuple[int, float]]]:
    """Return the unbroken parts of the line."""
    line = thin(np.array(times, np.int64), np.array(values, np.float64), column_us, gap_us)
    parts: list[list[tuple[int, float]]] = [[]]
    for time, value in zip(line.times.tolist(), line.values.tolist(), strict=True):
        if np.isnan(value):
            parts.append([])
        else:
            parts[-1].append((time, value))
    return parts


def test_that_few_readings_stay_as_they_are() -> None:
    assert lines([0, 10, 20], [1.0, 5.0, 2.0], 1.0, 100) == [[(0, 1.0), (10, 5.0), (20, 2.0)]]


def test_that_a_column_keeps_its_ends_and_extremes_in_the_order_of_time() -> None:
    values = [3.0, 4.0, 9.0, 4.0, -1.0, 5.0, 6.0]
    assert lines(list(range(7)), values, 100.0, 1000) == [[(0, 3.0), (2, 9.0), (4, -1.0), (6, 6.0)]]


def test_that_a_gap_breaks_the_line_and_a_step_as_long_as_the_bound_does_not() -> None:
    assert lines([0, 30, 61], [1.0, 2.0, 3.0], 1.0, 30) == [[(0, 1.0), (30, 2.0)], [(61, 3.0)]]


def test_that_a_gap_too_narrow_to_see_is_no_break() -> None:
    assert lines([0, 50, 110], [1.0, 2.0, 3.0], 60.0, 10) == [[(0, 1.0), (50, 2.0), (110, 3.0)]]


def test_that_a_reading_by_itself_is_known_to_be() -> None:
    line = thin(np.array([0, 100, 101, 300]), np.array([1.0, 2.0, 3.0, 4.0]), 1.0, 5)
    assert line.values[line.alone].tolist() == [1.0, 4.0]


def test_that_nothing_is_an_empty_line() -> None:
    assert lines([], [], 1.0, 1) == [[]]


@given(
    st.lists(
        st.tuples(st.integers(0, 10_000), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=200
    ),
    st.floats(0.5, 5_000),
    st.integers(0, 5_000),
)
def test_that_every_column_shows_its_extremes_with_few_points(
    samples: list[tuple[int, float]], column_us: float, gap_us: int
) -> None:
    samples.sort(key=lambda sample: sample[0])
    times, values = [time for time, _ in samples], [value for _, value in samples]
    parts = lines(times, values, column_us, gap_us)
    shown = [point for part in parts for point in part]
    assert set(shown) <= set(samples)
    assert shown[0][0] == times[0]
    assert shown[-1][0] == times[-1]
    columns: dict[int, tuple[list[float], list[float]]] = {}
    for into, points in enumerate((samples, shown)):
        for time, value in points:
            columns.setdefault(int((time - times[0]) / column_us), ([], []))[into].append(value)
    assert all(min(a) == min(b) and max(a) == max(b) for a, b in columns.values())
    assert len(shown) <= 8 * len(columns)
