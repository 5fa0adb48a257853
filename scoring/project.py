"""A reopening project as the pure code sees it: frozen, in our units, nothing of files but where each fact came from.

`connectors.projects.read_project` makes it. None and null are "not known"; zero is a reading. What could be read stands
here; what could not is a row of `problems`, which the gates turn into gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

if TYPE_CHECKING:
    from scoring.parameters import ZoneParameters

ProblemKind = Literal[
    "identity_problem",
    "depth_problem",
    "unit_conflict",
    "unit_alias",
    "crs_problem",
    "crs_conflict",
    "vertical_datum_problem",
    "transform_chain_problem",
    "azimuth_problem",
    "row_fault",
]

# well_id: None where it concerns the whole project. detail: a sentence for a person.
PROBLEM_COLUMNS: Final = {"well_id": pl.String, "kind": pl.String, "detail": pl.String, "source_id": pl.String}

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone: from pick `top` to pick `base`, or, where they are None, from the pick of its name to the next pick."""

    name: str
    top: str | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One file that was read. kind: a table's name, "log" or "survey". path: as project.toml writes it."""

    source_id: str
    kind: str
    path: str
    sha256: str
    well_id: str | None = None


@dataclass(frozen=True, slots=True)
class Exclude:
    """Samples to leave out: those where `curve`, a mnemonic of the file, equals a number."""

    curve: str
    equals: float


@dataclass(frozen=True, slots=True)
class LogReference:
    """One log file of one well, and what project.toml says about it, which beats what its header says.

    location: where it lies on this machine; path: as project.toml writes it. curves: our curve to its mnemonic.
    units: our curve, or "md", to the unit of its numbers. null_values: what stands for nothing, beside the declared.
    """

    well_id: str
    path: str
    source_id: str
    location: str
    format: Literal["las", "dlis"]
    curves: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    units: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    exclude: Exclude | None = None
    null_values: tuple[float, ...] = ()
    encoding: str | None = None
    interpretation_id: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class WellLog:
    """The log of one well, from all its files.

    frame: `md_m` [m], strictly ascending, not null, and those of these that exist: gr [gAPI], rhob [g/cm3], nphi
    [v/v], dt [us/ft], rt [ohm.m], caliper [in], bit_size [in], drho [g/cm3], permeability [mD], vsh, phie, sw [v/v],
    all Float64, and excluded (Boolean, never null). problems: kind and sentence. interpretation_id: of vsh, phie, sw.
    """

    well_id: str
    frame: pl.DataFrame
    problems: tuple[tuple[ProblemKind, str], ...]
    source_ids: tuple[str, ...]
    interpretation_id: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """One reopening project. `tables` holds only those that were given: an absent table is missing, never zero.

    crs: of x_m and y_m in `wells`. parameters: by zone; well_parameters: by zone and well, and they replace the zone's.
    problems: frame of PROBLEM_COLUMNS.
    """

    project_id: str
    as_of: date
    profile: str
    crs: str | None
    zones: tuple[Zone, ...]
    parameters: Mapping[str, ZoneParameters]
    well_parameters: Mapping[tuple[str, str], ZoneParameters]
    tables: Mapping[str, pl.DataFrame]
    logs: tuple[LogReference, ...]
    sources: tuple[Source, ...]
    problems: pl.DataFrame
