"""Recorded rig telemetry: as many rows, and as many at or above each limit, as counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from connectors.errors import Fault, FileFaults
from connectors.replay.parse import open_samples
from connectors.witsml.config import CurveSource, TagMap

PSI = 6894.757293168361  # pound-force (0.45359237 kg x 9.80665 m/s2) per square inch (0.0254 m), in Pa
TOLERANCE = 1 - 1e-6

pytestmark = pytest.mark.realdata


def curve(folder: Path, log: str, mnemonic: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], str]:
    """Return times [us], values and unit of one curve of all parts of a log, given in the wrong order."""
    faults: list[Fault] = []
    paths = sorted((folder / "volve_witsml" / "logs").glob(f"{log}_*.xml.gz"), reverse=True)
    tag_map = TagMap(tags={"tag": CurveSource(mnemonic=mnemonic)})
    batches = [batch for _, batch in open_samples(paths, tag_map, faults.append)]
    assert not faults
    times = np.concatenate([batch.column("time").cast("int64").to_numpy() for batch in batches])
    values = np.concatenate([batch.column("value").to_numpy(zero_copy_only=False) for batch in batches])
    (unit,) = {unit for batch in batches for unit in batch.column("unit").unique().to_pylist()}
    return times, values, unit


@pytest.mark.parametrize(
    "log, rows, doubled, limits_spm",
    [("F-7_CementData", 30_937, 3, {56: 536, 65: 74}), ("F-4_CementData", 59_798, 5, {59: 496})],
)
def test_that_stroke_rates_are_all_there(
    shared_data: Path, log: str, rows: int, doubled: int, limits_spm: dict[int, int]
) -> None:
    times, values, unit = curve(shared_data, log, "STRATE2")
    assert (len(values), unit) == (rows, "Hz")
    assert (np.diff(times) >= 0).all()
    assert np.count_nonzero(np.diff(times) == 0) == doubled
    for limit_spm, breaching in limits_spm.items():
        assert np.count_nonzero(values * 60 >= limit_spm * TOLERANCE) == breaching


@pytest.mark.parametrize("log, breaching", [("F-7_CementData", 90), ("F-4_CementData", 2407)])
def test_that_cement_pressures_are_all_there(shared_data: Path, log: str, breaching: int) -> None:
    _, values, unit = curve(shared_data, log, "CEMPUMPPR")
    assert unit == "Pa"
    assert np.count_nonzero(values >= 5000 * PSI * TOLERANCE) == breaching


def test_that_all_curves_of_all_logs_of_a_well_are_merged_in_time(shared_data: Path) -> None:
    faults: list[Fault] = []
    paths = sorted((shared_data / "volve_witsml" / "logs").glob("F-7_*.xml.gz"))
    latest, samples, wells = 0, 0, set()
    for _, batch in open_samples(paths, None, faults.append):
        times = batch.column("time").cast("int64").to_numpy()
        assert times[0] >= latest
        assert (np.diff(times) >= 0).all()
        latest, samples = int(times[-1]), samples + batch.num_rows
        wells |= set(batch.column("well_id").unique().to_pylist())
    assert (samples, wells, faults) == (980_286, {"NO 15/9-F-7"}, [])


def test_that_example_documents_of_other_authors_are_read_or_refused_with_the_reason(shared_data: Path) -> None:
    read, by_depth = {}, []
    for path in sorted((shared_data / "witsml_examples").glob("*/*.xml")):
        faults: list[Fault] = []
        try:
            read[path.name] = sum(batch.num_rows for _, batch in open_samples([path], None, faults.append))
        except FileFaults as error:
            faults += error.faults
        musts = {fault.must for fault in faults}
        if any("must be indexed by date time" in must for must in musts):
            by_depth.append(path.name)
        else:
            assert musts == {"a WITSML file must hold a log"}
    assert read == {"data_log.xml": 62_043}
    assert by_depth == ["1311_log.xml", "1411_log.xml", "data_log.xml", "log1311.xml", "log1411.xml", "log20.xml"]
