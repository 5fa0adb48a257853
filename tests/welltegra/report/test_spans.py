from __future__ import annotations

from tests.welltegra.samples import START_US, alert
from welltegra.report.spans import spans


def seconds(*alerts: tuple[str, float], end: float = 100) -> list[tuple[str, float, float]]:
    found = spans([alert(transition, second) for transition, second in alerts], START_US + round(end * 1e6))
    return [(span.what, (span.start - START_US) / 1e6, (span.end - START_US) / 1e6) for span in found]


def test_that_levels_last_from_change_to_change() -> None:
    changes = [("raised", 1.0), ("escalated", 5.0), ("deescalated", 9.0), ("cleared", 12.0)]
    assert seconds(*changes) == [("yellow", 1, 5), ("red", 5, 9), ("yellow", 9, 12)]


def test_that_what_is_open_lasts_to_the_end() -> None:
    assert seconds(("raised", 1.0), ("monitoring_lost", 40.0)) == [("yellow", 1, 100), ("lost", 40, 100)]


def test_that_what_opens_after_the_end_is_a_moment() -> None:
    assert seconds(("monitoring_lost", 120.0)) == [("lost", 120, 120)]


def test_that_a_loss_lasts_until_it_is_restored_and_leaves_the_level() -> None:
    changes = [("raised", 1.0), ("monitoring_lost", 10.0), ("monitoring_restored", 30.0), ("cleared", 50.0)]
    assert seconds(*changes) == [("lost", 10, 30), ("yellow", 1, 50)]


def test_that_late_breaches_and_clocks_change_no_level() -> None:
    assert seconds(("late_breach", 1.0), ("clock_skew", 2.0), ("clock_reset", 3.0)) == []


def test_that_a_level_that_ends_before_it_began_is_no_span() -> None:
    assert seconds(("raised", 50.0), ("cleared", 10.0)) == []
