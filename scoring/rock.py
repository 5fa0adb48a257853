"""What a project may say of the rock of one zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from scoring.expressions import Expression

VshMethod = Literal["linear", "larionov_tertiary", "larionov_older", "steiber", "clavier"]
PorosityMethod = Literal["density", "neutron_density", "density_neutron_regression", "sonic"]
SaturationMethod = Literal["archie", "simandoux", "indonesia"]
Confidence = Literal["high", "medium", "low"]

PROJECT_DEFAULT: Final = "project_default"  # the source of an Rw that names none

# What an expression may use, and the column of the samples that holds it. phif is how field reports write PHIE.
CURVES: Final[Mapping[str, str]] = {
    "phif": "phie",
    **{name: name for name in ("phie", "vsh", "gr", "rhob", "nphi", "dt", "rt")},
}
CURVES_OF_M: Final[Mapping[str, str]] = {**CURVES, "klogh": "klogh_md"}


@dataclass(frozen=True, slots=True)
class Porosity:
    """A porosity model. Densities [g/cm3], slownesses [us/ft], nphi_shale [v/v]; None: the profile's, where it has one.

    a, b: of `density_neutron_regression` alone [-], and without default.
    """

    method: PorosityMethod
    rho_matrix: float | None = None
    rho_fluid: float | None = None
    rho_shale: float | None = None
    nphi_shale: float | None = None
    dt_matrix: float | None = None
    dt_fluid: float | None = None
    a: float | None = None
    b: float | None = None


@dataclass(frozen=True, slots=True)
class Archie:
    """Factors of Archie's equation [-]. m may depend on the rock."""

    a: float = 1.0
    m: float | Expression = 2.0
    n: float = 2.0


@dataclass(frozen=True, slots=True)
class Saturation:
    """A saturation model. rsh: resistivity of shale [ohm.m], which all but Archie need."""

    method: SaturationMethod = "archie"
    rsh: float | None = None


@dataclass(frozen=True, slots=True)
class WaterResistivity:
    """Rw [ohm.m]: measured at `at_degc`, or at formation temperature where that is None; and where it is from."""

    value: float
    at_degc: float | None = None
    source: str = PROJECT_DEFAULT


@dataclass(frozen=True, slots=True)
class Temperature:
    """Formation temperature: `degc` at a depth, rising from there; the same everywhere without a gradient."""

    degc: float
    at_tvdss_m: float | None = None
    gradient_degc_per_100m: float = 0.0


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """What a sample must meet to be pay; None is no cutoff. vsh, phie, sw [v/v]; rt [ohm.m]."""

    vsh_max: float | None = None
    phie_min: float | None = None
    sw_max: float | None = None
    rt_min: float | None = None


@dataclass(frozen=True, slots=True)
class ZoneParameters:
    """What a project says of one zone. None: not said; the profile's default holds where there is one.

    gr_clean, gr_shale: what clean sand and shale read [gAPI]. klogh: permeability of the log [mD].
    """

    gr_clean: float | None = None
    gr_shale: float | None = None
    vsh_method: VshMethod | None = None
    porosity: Porosity | None = None
    archie: Archie | None = None
    klogh: Expression | None = None
    saturation: Saturation | None = None
    rw: WaterResistivity | None = None
    temperature: Temperature | None = None
    cutoffs: Cutoffs | None = None
    sw_confidence: Confidence | None = None
