"""Applies a zone's parameters to its log: Vsh, then porosity, then permeability, Rw and Sw."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring import petrophysics
from scoring.expressions import Expression
from scoring.parameters import ZoneParameters
from scoring.rock import Porosity, Temperature, WaterResistivity

INTERPRETED: Final = "interpreted"  # the method of a curve that came with the log
MEASURED: Final = ("gr", "rhob", "nphi", "dt", "rt", "caliper", "bit_size", "drho", "permeability")
STATED: Final = ("vsh", "phie", "sw")


def log_models(samples: pl.DataFrame, said: ZoneParameters, temperature: Temperature | None) -> pl.DataFrame:
    """Return the samples with vsh, phie, sw and what they rest on; a method is null where nothing gave the value.

    Adds: vsh, vsh_method, phie, porosity_method (of each sample), klogh_md, permeability_md, rw_ohmm, rw_source,
    a_factor, m_exponent, n_exponent, sw, sw_stated (the log's own, where one is computed), sw_model, sw_confidence. A
    curve that came with the log serves where the zone gives no means to compute it.

    Args:
        samples: part (number of the well and zone), tvdss_m, and those of the logs' curves that exist.
        said: The zone's parameters, settled.
        temperature: Of the formation; None where it is not known.
    """
    return _with_sw(
        _with_permeability(_with_porosity(_with_vsh(_with_curves(samples), said), said), said), said, temperature
    )


def _with_curves(samples: pl.DataFrame) -> pl.DataFrame:
    """Return the samples with every curve there may be: null where it is not, not finite, or an Rt that cannot be."""
    absent = [pl.lit(None, pl.Float64).alias(name) for name in (*MEASURED, *STATED) if name not in samples.columns]
    if "excluded" not in samples.columns:
        absent.append(pl.lit(value=False).alias("excluded"))
    whole = samples.with_columns(absent)
    return whole.with_columns(
        petrophysics.finite(pl.col(name).cast(pl.Float64)).alias(name) for name in MEASURED
    ).with_columns(
        pl.col("excluded").fill_null(value=False),
        pl.when(pl.col("rt") > 0).then(pl.col("rt")).alias("rt"),
        *(petrophysics.finite(pl.col(name).cast(pl.Float64)).alias(f"{name}_stated") for name in STATED),
    )


def _with_vsh(samples: pl.DataFrame, said: ZoneParameters) -> pl.DataFrame:
    computed = pl.lit(None, pl.Float64)
    method = str(said.vsh_method)
    if said.gr_clean is not None and said.gr_shale is not None:
        index = petrophysics.gamma_ray_index(pl.col("gr"), said.gr_clean, said.gr_shale)
        computed = petrophysics.shale_volume(index, method)
    return _computed_or_stated(samples, "vsh", "vsh_method", computed, pl.lit(method))


def _with_porosity(samples: pl.DataFrame, said: ZoneParameters) -> pl.DataFrame:
    assert said.porosity is not None
    ways = [
        (method, petrophysics.finite(_porosity(method, said.porosity)).clip(0, 1))
        for method in _ways(said.porosity.method)
    ]
    tried = samples.with_columns(value.alias(f"_{method}") for method, value in ways)
    used = pl.coalesce(pl.when(pl.col(f"_{method}").is_not_null()).then(pl.lit(method)) for method, _ in ways)
    value = pl.coalesce(f"_{method}" for method, _ in ways)
    chosen = _computed_or_stated(tried, "phie", "porosity_method", value, used)
    return chosen.drop(f"_{method}" for method, _ in ways)


def _ways(method: str) -> tuple[str, ...]:
    """Return the method and what stands in for it where its curves are missing, each under its own name."""
    if method == "neutron_density":
        return ("neutron_density", "density", "sonic")
    return (method,) if method == "sonic" else (method, "sonic")


def _porosity(method: str, model: Porosity) -> pl.Expr:
    if method == "sonic":
        assert model.dt_matrix is not None
        assert model.dt_fluid is not None
        return petrophysics.sonic_porosity(pl.col("dt"), model.dt_matrix, model.dt_fluid)
    assert model.rho_matrix is not None
    assert model.rho_fluid is not None
    phid = petrophysics.density_porosity(pl.col("rhob"), model.rho_matrix, model.rho_fluid)
    if method == "density_neutron_regression":
        assert model.a is not None
        assert model.b is not None
        return petrophysics.density_neutron_regression(phid, pl.col("nphi"), model.a, model.b)
    of_shale = None
    if model.rho_shale is not None:
        of_shale = (model.rho_matrix - model.rho_shale) / (model.rho_matrix - model.rho_fluid)
    phid = petrophysics.without_shale(phid, pl.col("vsh"), of_shale)
    if method == "density":
        return phid
    phin = petrophysics.without_shale(pl.col("nphi"), pl.col("vsh"), model.nphi_shale)
    return petrophysics.neutron_density_porosity(phid, phin)


def _with_permeability(samples: pl.DataFrame, said: ZoneParameters) -> pl.DataFrame:
    klogh = pl.lit(None, pl.Float64) if said.klogh is None else said.klogh.expr()
    return samples.with_columns(klogh.alias("klogh_md")).with_columns(
        permeability_md=pl.coalesce("permeability", "klogh_md")
    )


def _with_sw(samples: pl.DataFrame, said: ZoneParameters, temperature: Temperature | None) -> pl.DataFrame:
    assert said.archie is not None
    assert said.saturation is not None
    m = said.archie.m.expr() if isinstance(said.archie.m, Expression) else pl.lit(said.archie.m, pl.Float64)
    rested = samples.with_columns(
        rw_ohmm=_rw(said.rw, temperature),
        rw_source=pl.lit(None if said.rw is None else said.rw.source, pl.String),
        a_factor=pl.lit(said.archie.a, pl.Float64),
        m_exponent=pl.when(m > 0).then(m),
        n_exponent=pl.lit(said.archie.n, pl.Float64),
        sw_confidence=pl.lit(said.sw_confidence, pl.String),
    )
    read = [pl.col(name) for name in ("rt", "phie", "rw_ohmm", "a_factor", "m_exponent")]
    rt, phie, rw, a, exponent = read
    rock = (rt, phie, rw, a, exponent, said.archie.n)
    method, rsh = said.saturation.method, said.saturation.rsh
    computed = pl.lit(None, pl.Float64)
    if method == "archie":
        computed = petrophysics.archie(*rock)
    elif rsh is not None:
        shaly = petrophysics.simandoux if method == "simandoux" else petrophysics.indonesia
        computed = shaly(*rock, pl.col("vsh"), rsh)
    name = "simandoux_bardon_pied" if method == "simandoux" else method
    return _computed_or_stated(rested, "sw", "sw_model", petrophysics.finite(computed), pl.lit(name))


def _rw(rw: WaterResistivity | None, temperature: Temperature | None) -> pl.Expr:
    """Return Rw at the formation [ohm.m]; null where it was measured elsewhere and how hot it is there is not known."""
    if rw is None or (rw.at_degc is not None and temperature is None):
        return pl.lit(None, pl.Float64)
    if rw.at_degc is None or temperature is None:
        return pl.lit(rw.value, pl.Float64)
    degc = pl.lit(temperature.degc, pl.Float64)
    if temperature.at_tvdss_m is not None:
        # Without TVDSS the reference temperature stands: 100 m are some 3 degC, and 2 % of Rw.
        deeper = pl.col("tvdss_m").fill_null(temperature.at_tvdss_m) - temperature.at_tvdss_m
        degc += deeper * (temperature.gradient_degc_per_100m / 100)
    return petrophysics.water_resistivity(rw.value, rw.at_degc, degc)


def _computed_or_stated(
    samples: pl.DataFrame, name: str, method_name: str, computed: pl.Expr, method: pl.Expr
) -> pl.DataFrame:
    """Return the samples with a curve and how it was made: computed where that gives any value, else the log's own.

    The two are not mixed within a part: a hole in the computed curve stays a hole.
    """
    both = samples.with_columns(computed.cast(pl.Float64).alias("_computed"))
    is_computed = pl.col("_computed").count().over("part") > 0
    stated = pl.col(f"{name}_stated")
    value = pl.when(is_computed).then("_computed").otherwise(stated.clip(0, 1))
    made = pl.when(is_computed).then(method).otherwise(pl.lit(INTERPRETED))
    return both.with_columns(
        value.alias(name),
        pl.when(value.is_not_null()).then(made).alias(method_name),
        pl.when(is_computed).then(stated).alias(f"{name}_stated"),
    ).drop("_computed")
