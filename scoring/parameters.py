"""Reads what a project says of a zone, and fills in from a profile what it does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from scoring.expressions import Expression
from scoring.parameter_table import (
    ANY,
    DEGC,
    DENSITY,
    EXPONENT,
    FRACTION,
    NOT_NEGATIVE,
    POSITIVE,
    SLOWNESS,
    ParameterFault,
    ParameterTable,
)
from scoring.rock import (
    CURVES,
    CURVES_OF_M,
    PROJECT_DEFAULT,
    Archie,
    Confidence,
    Cutoffs,
    Porosity,
    PorosityMethod,
    Saturation,
    SaturationMethod,
    Temperature,
    VshMethod,
    WaterResistivity,
    ZoneParameters,
)

__all__ = [
    "Archie",
    "Cutoffs",
    "ParameterFault",
    "PetrophysicsDefaults",
    "Porosity",
    "PorosityMethod",
    "PositionDefaults",
    "Saturation",
    "SaturationMethod",
    "VshMethod",
    "ZoneParameters",
    "parse_parameters",
    "settled",
]


@dataclass(frozen=True, slots=True)
class PetrophysicsDefaults:
    """A profile's petrophysics. Its cutoffs and bed rules are the design's; its rock is a clean quartz sand in brine.

    Bed rules are in true vertical metres. wet_*, shale_*: what the Rt of pay is held against. drho_max [g/cm3].
    """

    vsh_method: VshMethod = "linear"
    porosity_method: PorosityMethod = "neutron_density"
    rho_matrix: float = 2.65
    rho_fluid: float = 1.0
    rho_shale: float = 2.5
    nphi_shale: float = 0.35
    dt_matrix: float = 55.5
    dt_fluid: float = 189.0
    archie: Archie = field(default_factory=Archie)
    saturation: Saturation = field(default_factory=Saturation)
    cutoffs: Cutoffs = field(default_factory=lambda: Cutoffs(vsh_max=0.40, phie_min=0.08, sw_max=0.60))
    min_bed_m: float = 0.5
    merge_gap_m: float = 1.0
    min_net_m: float = 1.0
    caliper_excess_max_in: float = 2.0
    drho_max: float = 0.15
    no_caliper_factor: float = 0.8
    wet_sw_min: float = 0.9
    wet_thickness_min_m: float = 2.0
    shale_vsh_min: float = 0.8
    shale_within_m: float = 20.0
    sw_conflict_beyond: float = 0.05


@dataclass(frozen=True, slots=True)
class PositionDefaults:
    """A profile's view of where a well is. Radii and distances [m], angles [deg].

    surface_error_m: of the wellhead's location, 95 %. latitude_deg: for the magnetic field, where the well's is not
    known. beyond_survey_m: how far below its last station a survey may be drawn out straight.
    """

    error_model: str = "ISCWSA MWD Rev5.11"
    surface_error_m: float = 5.0
    unsurveyed_deg: float = 3.0
    vertical_up_to_deg: float = 5.0
    beyond_survey_m: float = 100.0
    latitude_deg: float = 60.0
    high_within_m: float = 25.0
    medium_within_m: float = 100.0


def settled(parameters: ZoneParameters | None, defaults: PetrophysicsDefaults) -> ZoneParameters:
    """Return a zone's parameters with what it does not say taken from the profile.

    A `cutoffs` table replaces the profile's whole. GR readings, Rw, temperature and klogh have no default. Density
    porosity alone is corrected for shale only where the project says how dense its shale is.
    """
    said = parameters or ZoneParameters()
    porosity = said.porosity or Porosity(defaults.porosity_method)
    return replace(
        said,
        vsh_method=said.vsh_method or defaults.vsh_method,
        porosity=Porosity(
            method=porosity.method,
            rho_matrix=_first(porosity.rho_matrix, defaults.rho_matrix),
            rho_fluid=_first(porosity.rho_fluid, defaults.rho_fluid),
            rho_shale=porosity.rho_shale
            if porosity.method == "density"
            else _first(porosity.rho_shale, defaults.rho_shale),
            nphi_shale=_first(porosity.nphi_shale, defaults.nphi_shale),
            dt_matrix=_first(porosity.dt_matrix, defaults.dt_matrix),
            dt_fluid=_first(porosity.dt_fluid, defaults.dt_fluid),
            a=porosity.a,
            b=porosity.b,
        ),
        archie=said.archie or defaults.archie,
        saturation=said.saturation or defaults.saturation,
        cutoffs=said.cutoffs or defaults.cutoffs,
        sw_confidence=said.sw_confidence or _confidence(said.rw),
    )


def _confidence(rw: WaterResistivity | None) -> Confidence:
    """Return how far to trust an Sw whose file does not say: no more than its Rw has a source."""
    return "low" if rw is None or rw.source == PROJECT_DEFAULT else "medium"


def _first(said: float | None, default: float) -> float:
    return default if said is None else said


def parse_parameters(raw: Mapping[str, object]) -> tuple[ZoneParameters | None, tuple[ParameterFault, ...]]:
    """Return the parameters of a zone, or None and everything that is wrong with its table."""
    table = ParameterTable(raw, (), [])
    gr_clean, gr_shale = table.number("gr_clean", NOT_NEGATIVE), table.number("gr_shale", NOT_NEGATIVE)
    if gr_clean is not None and gr_shale is not None and gr_shale < gr_clean:
        must = f"gr_shale must not be below gr_clean, {gr_clean:g} gAPI"
        table.fault("gr_shale", must, f"{gr_shale:g} gAPI", "Are the two swapped?")
    klogh = table.expression("klogh", CURVES)
    parameters = ZoneParameters(
        gr_clean=gr_clean,
        gr_shale=gr_shale,
        vsh_method=table.child("vsh", _vsh_method),
        porosity=table.child("porosity", _porosity),
        archie=table.child("archie", _archie),
        klogh=klogh,
        saturation=table.child("saturation", _saturation),
        rw=_rw(table),
        temperature=table.child("temperature", _temperature),
        cutoffs=table.child("cutoffs", _cutoffs),
        sw_confidence=table.choice("sw_confidence", get_args(Confidence)),
    )
    if klogh is None and "klogh" not in raw and _uses_klogh(parameters):
        table.fault("archie", "klogh must be given where m uses it", "none", "Add klogh = an expression", "m")
    table.unknown_keys()
    return (None, tuple(table.faults)) if table.faults else (parameters, ())


def _uses_klogh(parameters: ZoneParameters) -> bool:
    m = parameters.archie.m if parameters.archie else None
    return isinstance(m, Expression) and "klogh" in m.names


def _vsh_method(table: ParameterTable) -> Any:
    return table.choice("method", get_args(VshMethod), needed=True)


def _porosity(table: ParameterTable) -> Porosity | None:
    method: Any = table.choice("method", get_args(PorosityMethod), needed=True)
    regression = method == "density_neutron_regression"
    made = Porosity(
        method=method,
        rho_matrix=table.number("rho_matrix", DENSITY),
        rho_fluid=table.number("rho_fluid", DENSITY),
        rho_shale=table.number("rho_shale", DENSITY),
        nphi_shale=table.number("nphi_shale", FRACTION),
        dt_matrix=table.number("dt_matrix", SLOWNESS),
        dt_fluid=table.number("dt_fluid", SLOWNESS),
        a=table.number("a", ANY, needed=regression),
        b=table.number("b", ANY, needed=regression),
    )
    table.apart("rho_fluid", made.rho_fluid, "rho_matrix", made.rho_matrix)
    table.apart("dt_matrix", made.dt_matrix, "dt_fluid", made.dt_fluid)
    return made


def _archie(table: ParameterTable) -> Archie:
    a, n = table.number("a", POSITIVE), table.number("n", EXPONENT)
    m = table.number_or_expression("m", POSITIVE, CURVES_OF_M)
    standard = Archie()
    return Archie(standard.a if a is None else a, standard.m if m is None else m, standard.n if n is None else n)


def _saturation(table: ParameterTable) -> Saturation | None:
    method: Any = table.choice("method", get_args(SaturationMethod), needed=True)
    return Saturation(method, table.number("rsh", POSITIVE, needed=method in {"simandoux", "indonesia"}))


def _rw(table: ParameterTable) -> WaterResistivity | None:
    if not isinstance(table.raw.get("rw"), Mapping):
        value = table.number("rw", POSITIVE)
        return None if value is None else WaterResistivity(value)
    return table.child("rw", _rw_table)


def _rw_table(table: ParameterTable) -> WaterResistivity | None:
    value = table.number("value", POSITIVE, needed=True)
    made_at, source = table.number("at_degc", DEGC), table.text("source")
    return None if value is None else WaterResistivity(value, made_at, source or PROJECT_DEFAULT)


def _temperature(table: ParameterTable) -> Temperature | None:
    degc, depth = table.number("degc", DEGC, needed=True), table.number("at_tvdss_m", ANY)
    gradient = table.number("gradient_degc_per_100m", ANY)
    if gradient is not None and depth is None:
        table.fault("gradient_degc_per_100m", "a gradient must start at a depth", "none", "Add at_tvdss_m")
    return None if degc is None else Temperature(degc, depth, gradient or 0.0)


def _cutoffs(table: ParameterTable) -> Cutoffs:
    return Cutoffs(
        vsh_max=table.number("vsh_max", FRACTION),
        phie_min=table.number("phie_min", FRACTION),
        sw_max=table.number("sw_max", FRACTION),
        rt_min=table.number("rt_min", NOT_NEGATIVE),
    )
