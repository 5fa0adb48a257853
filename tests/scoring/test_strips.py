from __future__ import annotations

import polars as pl
import pytest

from scoring.strips import AROUND_M, MOST_SAMPLES, STRIP_COLUMNS, strips

WELL = "W-1"
INTERVALS = {
    **dict.fromkeys(("candidate_id", "zone"), pl.String),
    **dict.fromkeys(("top_md_m", "base_md_m"), pl.Float64),
    "well_id": pl.String,
}


def samples(count: int, step_m: float, zone: str = "Upper", well: str = WELL, **curves: float) -> pl.DataFrame:
    md = pl.Series("md_m", [1000.0 + step_m * at for at in range(count)])
    return pl.DataFrame({"well_id": [well] * count, "zone": [zone] * count, "md_m": md}).with_columns(
        **{name: pl.lit(value) for name, value in curves.items()}
    )


def intervals(*rows: tuple[str, str, float, float], well: str = WELL) -> pl.DataFrame:
    return pl.DataFrame([(*row, well) for row in rows], INTERVALS, orient="row")


def test_that_a_strip_is_the_interval_and_what_lies_around_it() -> None:
    found = strips(samples(1000, 0.1, gr=50.0, rt=10.0), intervals(("a", "Upper", 1040.0, 1045.0)))
    assert dict(found.schema) == STRIP_COLUMNS
    assert found["md_m"].min() == pytest.approx(1040.0 - AROUND_M)
    assert found["md_m"].max() == pytest.approx(1045.0 + AROUND_M)
    assert found["md_m"].is_sorted()
    assert found["gr"].unique().to_list() == [50.0]
    assert found["sw"].null_count() == found.height  # a curve that is not there is not made up


@pytest.mark.parametrize("count", [1, MOST_SAMPLES - 1, MOST_SAMPLES, MOST_SAMPLES + 1, 5 * MOST_SAMPLES + 3])
def test_that_a_strip_is_thinned_to_what_can_be_drawn_and_holds_only_what_was_read(count: int) -> None:
    log = samples(count, 30.0 / count).with_columns(pl.int_range(pl.len()).cast(pl.Float64).alias("gr"))
    found = strips(log, intervals(("a", "Upper", 1000.0, 1030.0)))
    assert 0 < found.height <= MOST_SAMPLES
    assert found.height == count or found.height > MOST_SAMPLES / 2
    assert found["md_m"][0] == 1000.0
    both = found.join(log, on="md_m", suffix="_read")
    assert both.height == found.height
    assert (both["gr"] == both["gr_read"]).all()


def test_that_each_interval_has_its_own_strip_of_its_own_zone() -> None:
    log = pl.concat([samples(200, 0.1, vsh=0.1), samples(200, 0.1, "Lower", vsh=0.9)])
    found = strips(log, intervals(("b", "Lower", 1002.0, 1004.0), ("a", "Upper", 1005.0, 1006.0)))
    assert found["candidate_id"].unique(maintain_order=True).to_list() == ["a", "b"]
    assert found.group_by("candidate_id").agg(pl.col("vsh").unique()).sort("candidate_id")["vsh"].to_list() == [
        [0.1],
        [0.9],
    ]


def test_that_a_strip_is_of_its_own_well() -> None:
    log = pl.concat([samples(200, 0.1, gr=10.0), samples(200, 0.1, well="W-2", gr=90.0)])
    places = [intervals((name, "Upper", 1002.0, 1004.0), well=well) for name, well in (("a", WELL), ("b", "W-2"))]
    found = strips(log, pl.concat(places))
    assert found.group_by("candidate_id").agg(pl.col("gr").unique()).sort("candidate_id")["gr"].to_list() == [
        [10.0],
        [90.0],
    ]


def test_that_a_depth_is_drawn_once_and_the_order_of_rows_is_no_matter() -> None:
    log = samples(3000, 0.01, gr=40.0)
    places = intervals(("a", "Upper", 1000.0, 1030.0), ("b", "Upper", 1010.0, 1011.0))
    found = strips(log, places)
    assert strips(pl.concat([log, log]), places).equals(found)
    assert strips(log.sample(fraction=1.0, shuffle=True, seed=1), places.reverse()).equals(found)


def test_that_nothing_to_draw_is_an_empty_strip() -> None:
    for log, places in (
        (samples(0, 0.1), intervals(("a", "Upper", 1.0, 2.0))),
        (samples(9, 0.1), intervals()),
        (samples(9, 0.1), intervals(("a", "Upper", 5000.0, 5001.0))),
    ):
        found = strips(log, places)
        assert found.is_empty()
        assert dict(found.schema) == STRIP_COLUMNS
