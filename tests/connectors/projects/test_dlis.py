"""DLIS: the frame on a depth, in tenths of inches as tools write it, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import FileFaults
from connectors.projects import read_well_log
from connectors.projects.dlis import read_dlis
from tests.connectors.projects.dlis_writer import dlis
from tests.connectors.projects.helpers import TOML, read

DEPTH = ("MAIN", "BOREHOLE-DEPTH", [("TDEP", "0.1 in"), ("GR", "gAPI"), ("RHOZ", "g/cm3")])
ROWS = [(120120.0, 60.0, 2.4), (120060.0, 50.0, -999.25), (120000.0, 40.0, 2.3)]
TIME = ("TIME", "NON-STANDARD", [("TIME", "s"), ("HKLD", "N")], [(1.0, 5.0)])


def test_that_a_log_run_upwards_in_tenths_of_inches_reads_in_metres(tmp_path: Path) -> None:
    toml = f"{TOML}[[logs]]\nfile = 'a.dlis'\nwell_id = 'A-1'\n"
    project = read(tmp_path, {"a.dlis": dlis([(*DEPTH, ROWS), TIME])}, toml)
    log = read_well_log(project, "A-1")
    assert log is not None
    assert log.frame["md_m"].to_list() == pytest.approx([304.8, 304.9524, 305.1048])
    assert log.frame.select("gr", "rhob").rows() == [(40.0, 2.3), (50.0, None), (60.0, 2.4)]
    assert [kind for kind, _ in log.problems] == ["unit_alias", "row_fault"]


def test_that_the_frame_with_most_of_our_curves_is_read_and_the_others_are_told() -> None:
    other = ("OTHER", "BOREHOLE-DEPTH", [("TDEP", "0.1 in"), ("SP", "mV")], [(120000.0, 1.0)])
    log = read_dlis(dlis([other, (*DEPTH, ROWS)]), "a.dlis")
    assert [curve.mnemonic for curve in log.curves] == ["TDEP", "GR", "RHOZ"]
    assert log.told == ("a.dlis: a .dlis must have one frame on a depth; was 2. Frame MAIN is read; not OTHER.",)


def test_that_a_file_without_a_frame_on_a_depth_is_told() -> None:
    with pytest.raises(FileFaults, match="must have a frame on a measured depth; was none"):
        read_dlis(dlis([TIME]), "a.dlis")


@pytest.mark.parametrize("raw", [b"", b"no file of that kind", dlis([(*DEPTH, ROWS)])[:200]])
def test_that_what_is_no_dlis_is_told(raw: bytes) -> None:
    with pytest.raises(FileFaults) as caught:
        read_dlis(raw, "a.dlis")
    assert str(caught.value).startswith("a.dlis: a .dlis must ")
