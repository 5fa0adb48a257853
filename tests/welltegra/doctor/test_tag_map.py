"""The tag map of the settings: there, without faults, and every fault with its line."""

from __future__ import annotations

from pathlib import Path

from welltegra.doctor.result import State
from welltegra.doctor.tag_map import look
from welltegra.settings.model import OpcuaSettings

GOOD = """\
namespace: urn:welltegra:rig
tags:
  - {node: s=W-1/pump_rate, well: W-1, tag: pump_rate, unit: spm}
  - {node: s=W-1/depth, well: W-1, tag: depth}
  - {node: s=W-2/depth, well: W-2, tag: depth}
"""


def settings(path: Path) -> OpcuaSettings:
    return OpcuaSettings(endpoint="opc.tcp://127.0.0.1:4840", tags=str(path))


def test_that_a_site_without_a_server_is_not_asked() -> None:
    (result,) = look(OpcuaSettings())
    assert result.state is State.NOT_ASKED


def test_that_a_server_without_a_tag_map_is_a_warning() -> None:
    (result,) = look(OpcuaSettings(endpoint="opc.tcp://127.0.0.1:4840"))
    assert (result.state, "opcua.tags must name the tag map" in result.found) == (State.WARNING, True)


def test_that_a_good_map_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "tags.yaml"
    path.write_text(GOOD)
    (result,) = look(settings(path))
    assert (result.state, result.found) == (State.OK, f"{path}: 3 tags of 2 wells; no faults.")


def test_that_every_fault_of_a_map_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "tags.yaml"
    path.write_text(GOOD.replace("unit: spm", "unit: furlong").replace("s=W-2/depth", "s=W-1/depth"))
    results = list(look(settings(path)))
    assert [result.state for result in results] == [State.WRONG, State.WRONG]
    assert [result.found.partition(": ")[0] for result in results] == [f"{path} line 3", f"{path} line 5"]
    assert all(result.remedy for result in results)


def test_that_a_map_that_is_not_there_is_told(tmp_path: Path) -> None:
    (result,) = look(settings(tmp_path / "none.yaml"))
    assert result.state is State.WRONG
    assert result.remedy == "Is the path in opcua.tags right?"
