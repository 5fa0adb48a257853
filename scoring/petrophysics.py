"""The equations of the rock: Vsh, porosity, formation-water resistivity and Sw, as Polars expressions.

All volumes and saturations are fractions [v/v]. Null in, null out; what is not finite becomes null, never a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

ARPS_DEGC: Final = 21.5  # the constant of Arps (1953), 6.77 degF, in degC


def finite(value: pl.Expr) -> pl.Expr:
    """Return the value, null where it is NaN or infinite."""
    return pl.when(value.is_finite()).then(value)


def gamma_ray_index(gr: pl.Expr, clean: float, shale: float) -> pl.Expr:
    """Return IGR [-], clamped to [0, 1]; null everywhere where shale reads as clean sand does.

    Args:
        gr: Gamma ray [gAPI].
        clean: What clean sand reads [gAPI].
        shale: What shale reads [gAPI].
    """
    if shale == clean:
        return pl.lit(None, pl.Float64)
    return finite((gr - clean) / (shale - clean)).clip(0, 1)


# Vsh of IGR. All of them are 0 at 0 and, but for the constants' rounding, 1 at 1.
VSH: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = {
    "linear": lambda igr: igr,
    "larionov_tertiary": lambda igr: 0.083 * (_power_of_two(3.7 * igr) - 1),  # Larionov 1969, Tertiary rocks
    "larionov_older": lambda igr: 0.33 * (_power_of_two(2 * igr) - 1),  # Larionov 1969, older rocks
    "steiber": lambda igr: igr / (3 - 2 * igr),  # Steiber 1970
    "clavier": lambda igr: 1.7 - (3.38 - (igr + 0.7) ** 2).sqrt(),  # Clavier, Hoyle and Meunier 1971
}


def shale_volume(igr: pl.Expr, method: str) -> pl.Expr:
    """Return Vsh [v/v] in [0, 1] of a gamma-ray index, by one of VSH."""
    return finite(VSH[method](igr)).clip(0, 1)


def density_porosity(rhob: pl.Expr, rho_matrix: float, rho_fluid: float) -> pl.Expr:
    """Return total density porosity [v/v], not clipped: shale and gas corrections want it as it is.

    Args:
        rhob: Bulk density [g/cm3].
        rho_matrix: Of the grains [g/cm3].
        rho_fluid: Of what fills the pores near the wellbore [g/cm3].
    """
    return (rho_matrix - rhob) / (rho_matrix - rho_fluid)


def without_shale(porosity: pl.Expr, vsh: pl.Expr, of_shale: float | None) -> pl.Expr:
    """Return what is left of a porosity [v/v] when the share that shale reads is taken off; all where that is None."""
    return porosity if of_shale is None else porosity - vsh * of_shale


def neutron_density_porosity(phid: pl.Expr, phin: pl.Expr) -> pl.Expr:
    """Return effective porosity [v/v] of shale-corrected density and neutron porosities.

    Their mean; where they cross over (neutron below density: gas), the root of their mean square. Neutron is in units
    of the matrix's own lithology.
    """
    crossed = ((phid**2 + phin**2) / 2).sqrt()
    return pl.when(phin < phid).then(crossed).otherwise((phid + phin) / 2)


def density_neutron_regression(phid: pl.Expr, nphi: pl.Expr, a: float, b: float) -> pl.Expr:
    """Return porosity [v/v] as field reports calibrate it to cores: phid + a (nphi - phid) + b."""
    return phid + a * (nphi - phid) + b


def sonic_porosity(dt: pl.Expr, dt_matrix: float, dt_fluid: float) -> pl.Expr:
    """Return Wyllie's time-average porosity [v/v]; consolidated sands only. All slownesses [us/ft]."""
    return (dt - dt_matrix) / (dt_fluid - dt_matrix)


def water_resistivity(rw: float, at_degc: float, degc: pl.Expr) -> pl.Expr:
    """Return Rw [ohm.m] at another temperature (Arps 1953), as of sodium chloride.

    Args:
        rw: Measured resistivity [ohm.m], > 0.
        at_degc: The temperature that it was measured at [degC].
        degc: The temperature wanted [degC].
    """
    return rw * (at_degc + ARPS_DEGC) / (degc + ARPS_DEGC)


def archie(rt: pl.Expr, phi: pl.Expr, rw: pl.Expr, a: pl.Expr, m: pl.Expr, n: float) -> pl.Expr:
    """Return Archie water saturation [v/v], clipped to [0, 1]: (a Rw / (phi^m Rt))^(1/n).

    Args:
        rt: True resistivity [ohm.m], > 0.
        phi: Porosity [v/v]; none at all holds no hydrocarbon, so Sw is 1.
        rw: Formation-water resistivity [ohm.m] at formation temperature.
        a: Tortuosity factor [-].
        m: Cementation exponent [-].
        n: Saturation exponent [-].
    """
    inside = a * rw / (phi**m * rt)
    return pl.when(inside.is_nan()).then(None).otherwise((inside ** (1 / n)).clip(0, 1))


def simandoux(
    rt: pl.Expr, phi: pl.Expr, rw: pl.Expr, a: pl.Expr, m: pl.Expr, n: float, vsh: pl.Expr, rsh: float
) -> pl.Expr:
    """Return Simandoux water saturation [v/v], clipped to [0, 1], in the variant of Bardon and Pied (1969).

    It solves 1/Rt = phi^m Sw^n / (a Rw) + Vsh Sw / Rsh, without the (1 - Vsh) of the Schlumberger variant. The right
    side rises and is convex in Sw for n >= 1, so Newton's steps from above never overshoot; n may differ from 2.

    Args:
        rt: True resistivity [ohm.m], > 0.
        phi: Effective porosity [v/v].
        rw: Formation-water resistivity [ohm.m] at formation temperature.
        a: Tortuosity factor [-].
        m: Cementation exponent [-].
        n: Saturation exponent [-], >= 1.
        vsh: Shale volume [v/v].
        rsh: Resistivity of shale [ohm.m], > 0.
    """
    clean, shaly, conductivity = phi**m / (a * rw), vsh / rsh, 1 / rt

    def solved(parts: Sequence[pl.Series]) -> pl.Series:
        columns = [part.cast(pl.Float64).to_numpy() for part in parts]
        return pl.Series(_rising_root(columns[0], columns[1], columns[2], n), nan_to_null=True)

    values = [clean.cast(pl.Float64), shaly.cast(pl.Float64), conductivity.cast(pl.Float64)]
    return pl.map_batches(values, solved, return_dtype=pl.Float64)


def indonesia(
    rt: pl.Expr, phi: pl.Expr, rw: pl.Expr, a: pl.Expr, m: pl.Expr, n: float, vsh: pl.Expr, rsh: float
) -> pl.Expr:
    """Return Indonesia water saturation [v/v], clipped to [0, 1] (Poupon and Leveaux 1971).

    1/sqrt(Rt) = (Vsh^(1 - Vsh/2) / sqrt(Rsh) + phi^(m/2) / sqrt(a Rw)) Sw^(n/2). Arguments as for `simandoux`.
    """
    shaly = vsh ** (1 - vsh / 2) / rsh**0.5
    clean = (phi**m / (a * rw)).sqrt()
    value = (1 / (rt.sqrt() * (shaly + clean))) ** (2 / n)
    return pl.when(value.is_nan()).then(None).otherwise(value.clip(0, 1))


def with_sw_conflicts(intervals: pl.DataFrame, beyond: float) -> pl.DataFrame:
    """Return intervals with a sentence in sw_conflict where a stated Sw contradicts Archie of the inputs beside it.

    Where one of them is not known or not above 0, or the Sw is said to be of another model, nothing can be told; a
    conflict that is told already stands.

    Needs: sw, phie [v/v], rt, rw_ohmm at formation temperature [ohm.m], a_factor, m_exponent, n_exponent [-], sw_model,
        sw_conflict.

    Args:
        intervals: One row each.
        beyond: How far means over an interval may stand from the mean of a curve [v/v].
    """
    names = ("rt", "phie", "rw_ohmm", "a_factor", "m_exponent", "n_exponent")
    rt, phie, rw, a, m, n = (pl.col(name) for name in names)
    recomputed = finite((a * rw / (phie**m * rt)) ** (1 / n)).clip(0, 1)
    known = pl.all_horizontal(pl.col(name) > 0 for name in names) & (pl.col("sw_model").fill_null("archie") == "archie")
    apart = known & ((pl.col("sw") - recomputed).abs() > beyond) & pl.col("sw_conflict").is_null()
    rows = intervals.select(apart.arg_true()).to_series()
    # Words are slow to make, and few of a million intervals need them.
    said = pl.format(
        "stated Sw must be what Archie gives of its own inputs (Rt {} ohm.m, PHIE {}, Rw {} ohm.m, a {}, m {}, n {}): "
        "{}; was {}. Correct the inputs, or the Sw",
        *(pl.col(name).round_sig_figs(6) for name in names),
        recomputed.round(3),
        pl.col("sw").round(3),
    )
    told = intervals["sw_conflict"].scatter(rows, intervals[rows].select(said).to_series())
    return intervals.with_columns(told)


def _power_of_two(exponent: pl.Expr) -> pl.Expr:
    return pl.lit(2.0).pow(exponent)


def _rising_root(
    clean: NDArray[np.float64], shaly: NDArray[np.float64], conductivity: NDArray[np.float64], n: float
) -> NDArray[np.float64]:
    """Return s in [0, 1] of clean s^n + shaly s = conductivity, element by element; NaN where one of them is NaN."""
    with np.errstate(all="ignore"):
        # All three are at or above the root; so is each step after.
        s = np.minimum(1.0, np.fmin((conductivity / clean) ** (1 / n), conductivity / shaly))
        for _ in range(20):
            s = ((n - 1) * clean * s**n + conductivity) / (n * clean * s ** (n - 1) + shaly)
        s = np.where(clean + shaly <= conductivity, 1.0, np.clip(s, 0.0, 1.0))
    return np.where(np.isnan(clean) | np.isnan(shaly) | np.isnan(conductivity), np.nan, s)
