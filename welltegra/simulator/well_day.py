"""The demo's well day: simulate, measure, spoil, write; and say what was planned, as the truth to test against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from welltegra.simulator import dirt, physics, schedule
from welltegra.simulator.schedule import ControlTable, Phase, PlannedEvent

DAY_RULES = Path(__file__).with_name("day_rules.yaml")
COLUMNS = ("well_id", "tag", "time", "value", "unit", "quality", "received_at")

_ROWS_A_WRITE = 50_000


class Sensor(NamedTuple):
    """A tag, the state it measures, and how well: noise is normal, cut at three sigma, before rounding."""

    tag: str
    unit: str
    measures: str
    sigma: float  # in `unit`
    relative_sigma: float  # of the value
    decimals: int


SENSORS = (
    Sensor("pump_rate", "spm", "pump_rate_spm", 0.0, 0.002, 1),  # counted strokes: a stopped pump is exactly 0
    Sensor("standpipe_pressure", "psi", "standpipe_pressure_psi", 1.0, 0.002, 0),
    Sensor("wellhead_pressure", "psi", "wellhead_pressure_psi", 1.5, 0.0003, 0),
    Sensor("flow_in", "L/min", "flow_in_l_per_min", 0.0, 0.003, 0),
    Sensor("temperature", "degC", "temperature_degc", 0.05, 0.0, 1),
    Sensor("bit_depth", "m", "bit_depth_m", 0.0, 0.0, 2),  # an encoder on the drawworks
)
TAGS = tuple(sensor.tag for sensor in SENSORS)


@dataclass(frozen=True, slots=True)
class WellDay:
    """A day as it was written: the file, its number of rows, and the events planned into it in order of start."""

    path: Path
    well_id: str
    seed: int
    rows: int
    phases: tuple[Phase, ...]
    events: tuple[PlannedEvent, ...]


def write_well_day(path: Path, seed: int, well_id: str = "DEMO-1") -> WellDay:
    """Write a seeded day of one well as CSV in long form and arrival order; return what was planned.

    The same seed and well give the same bytes. An OSError of the disk comes through as it is.
    """
    schedule_rng, sensor_rng, wire_rng = np.random.default_rng(seed).spawn(3)
    phases = schedule.timetable(schedule_rng)
    table = schedule.controls(phases, schedule_rng)
    breaches = _plan_breaches(table, phases)
    recording = dirt.record(TAGS, _measure(table, sensor_rng), wire_rng)
    spoiled = _plan_dirt(recording, phases)
    frame = _to_frame(recording, well_id)
    with path.open("wb") as file:
        for first, part in enumerate(frame.iter_slices(_ROWS_A_WRITE)):
            file.write(part.write_csv(include_header=first == 0).encode())
    events = tuple(sorted(breaches + spoiled, key=lambda event: (event.start, TAGS.index(event.tag), event.kind)))
    return WellDay(path, well_id, seed, frame.height, phases, events)


def _plan_breaches(table: ControlTable, phases: tuple[Phase, ...]) -> list[PlannedEvent]:
    stand = [phase.start_s for phase in schedule.stands(phases)]
    test = next(phase for phase in phases if phase.activity == "pressure_test")
    events = [
        schedule.yellow_excursion(table, 120, rate_spm=113.0, hold_s=35),
        schedule.rate_creep(table, 260, peak_spm=124.0, ramp_s=90),
        schedule.overspeed(table, stand[1] + 1_260, upsets_spm=(25.0, 27.0, 24.0)),
        schedule.chatter(table, stand[3] + 900),
        schedule.pressure_build_up(table, test, test=2),
        schedule.yellow_excursion(table, stand[8] + 2_000, rate_spm=111.0, hold_s=90),
        schedule.rate_creep(table, stand[11] + 1_500, peak_spm=122.5, ramp_s=480),
    ]
    # The line that reports this one is down: see `delivered_late` below. Nothing is said until its samples arrive.
    schedule.overspeed(table, 560, upsets_spm=(23.0, 26.0, 10.0))
    return events


def _plan_dirt(rec: dirt.Recording, phases: tuple[Phase, ...]) -> list[PlannedEvent]:
    stand = [phase.start_s for phase in schedule.stands(phases)]
    connection = [phase for phase in phases if phase.activity == "connection"]
    first = {phase.activity: phase.start_s for phase in reversed(phases)}
    return [
        # The digest.
        dirt.two_values(rec, "wellhead_pressure", 190, difference=4.0),
        dirt.not_a_number(rec, "temperature", 205, length=3),
        *dirt.chunk_join(rec, 230),
        dirt.dropout(rec, "wellhead_pressure", 450, length=20),
        dirt.bad_quality(rec, "standpipe_pressure", 520, length=3),
        dirt.delivered_late(rec, "pump_rate", 560, length=3, delivered=740, late_breaches=2),
        dirt.delivered_late(rec, "flow_in", 560, length=3, delivered=740),
        dirt.uncertain_quality(rec, "pump_rate", 620, length=10),
        dirt.unreadable(rec, "temperature", 660, text="ERR"),
        # The rest of the day.
        dirt.clock_ahead(rec, "wellhead_pressure", stand[2] + 700, length=240, ahead_s=3.5),
        dirt.frozen(rec, "standpipe_pressure", connection[4].start_s - 300, length=600),
        dirt.dropout(rec, "wellhead_pressure", first["circulating"] + 1_400, length=45),
        dirt.dropout(rec, "temperature", first["circulating"] + 1_400, length=45),
        dirt.without_zone(rec, "bit_depth", first["tripping_out"] + 2_000),
        dirt.uncertain_quality(rec, "bit_depth", first["tripping_in"] + 600, length=120),
        *dirt.chunk_join(rec, 43_200),
        dirt.clock_set_back(rec, "standpipe_pressure", stand[6] + 900, length=600, back_s=90),
        dirt.unreadable(rec, "flow_in", stand[7] + 400, text="1.6.3e3"),
        dirt.out_of_range(rec, "standpipe_pressure", stand[7] + 2_400, value=1e11),
        dirt.bad_quality(rec, "temperature", stand[9] + 1_800, length=25),
        dirt.not_a_number(rec, "flow_in", stand[9] + 2_500, length=3),
        dirt.delivered_late(rec, "temperature", stand[10] + 1_000, length=120, delivered=stand[10] + 1_400),
    ]


def _measure(table: ControlTable, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return what the sensors read, shape (tags, seconds)."""
    model = physics.WellModel()
    state = physics.standing(model, hole_depth_m=2_412.0, wellhead_pressure_psi=430.0, temperature_degc=51.0)
    states = []
    for controls in table:
        state = physics.step(model, state, controls, dt_s=1.0)
        states.append(state)
    columns = dict(zip(physics.WellState._fields, np.array(states).T, strict=True))
    return np.stack([_read(sensor, columns[sensor.measures], rng) for sensor in SENSORS])


def _read(sensor: Sensor, truth: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    noise = np.clip(rng.standard_normal(truth.shape), -3.0, 3.0)
    reading = truth + noise * (sensor.sigma + sensor.relative_sigma * truth)
    # No sensor here shows less than nothing; adding 0.0 keeps a rounded -0.0 from being written.
    return np.asarray(np.round(np.maximum(reading, 0.0), sensor.decimals) + 0.0, dtype=np.float64)


def _to_frame(rec: dirt.Recording, well_id: str) -> pl.DataFrame:
    """Return the rows as text, in arrival order."""
    tag, second = np.nonzero(rec.sent)
    extras = rec.extras
    tag = np.concatenate([tag, [extra.tag for extra in extras]])
    second = np.concatenate([second, np.full(len(extras), -1)])  # an extra row carries no override
    time_ms = np.concatenate([rec.time_ms[rec.sent], [extra.time_ms for extra in extras]])
    value = np.concatenate([rec.value[rec.sent], [extra.value for extra in extras]])
    quality = np.concatenate([rec.quality[rec.sent], [extra.quality for extra in extras]])
    received_ms = np.concatenate([rec.received_ms[rec.sent], [extra.received_ms for extra in extras]])

    order = np.lexsort((time_ms, tag, received_ms))
    tag, second = tag[order], second[order]
    texts = pl.DataFrame({"time_ms": time_ms[order], "value": value[order], "received_ms": received_ms[order]}).select(
        time=_iso("time_ms"),
        value=pl.col("value").cast(pl.String),
        received_at=_iso("received_ms"),
    )
    time_text, value_text = texts["time"], texts["value"]
    for (row, at_second), text in rec.value_texts.items():
        value_text = value_text.scatter(_place(tag, second, row, at_second), text)
    for row, at_second in sorted(rec.zoneless):
        place = _place(tag, second, row, at_second)
        time_text = time_text.scatter(place, time_text[place].removesuffix("Z"))
    names = pl.Series(TAGS)
    units = pl.Series([sensor.unit for sensor in SENSORS])
    return pl.DataFrame(
        {
            "well_id": pl.repeat(well_id, len(tag), eager=True),
            "tag": names.gather(tag),
            "time": time_text,
            "value": value_text,
            "unit": units.gather(tag),
            "quality": pl.Series(dirt.QUALITIES).gather(quality[order]),
            "received_at": texts["received_at"],
        }
    ).select(COLUMNS)


def _place(tag: npt.NDArray[np.int64], second: npt.NDArray[np.int64], row: int, at_second: int) -> int:
    """Return where the row of one tag and second ended up."""
    return int(np.flatnonzero((tag == row) & (second == at_second))[0])


def _iso(milliseconds: str) -> pl.Expr:
    return pl.from_epoch(milliseconds, time_unit="ms").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
