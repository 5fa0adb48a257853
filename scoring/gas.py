"""Gas deviation factor z, and p/z, from gas gravity and temperature."""

from __future__ import annotations

import math
from typing import Final

from scipy.optimize import brentq

PSI_PER_BAR: Final = 14.503773773
RANKINE_PER_KELVIN: Final = 1.8

# Dranchuk and Abou-Kassem, "Calculation of Z Factors for Natural Gases Using Equations of State", J. Can. Pet. Tech.
# 14(3), 1975: eleven constants fitted to the chart of Standing and Katz for 0.2 <= ppr < 30 and 1.0 < Tpr <= 3.0.
_A: Final = (0.3265, -1.0700, -0.5339, 0.01569, -0.05165, 0.5475, -0.7361, 0.1844, 0.1056, 0.6134, 0.7210)
PPR_BELOW: Final = 30.0
TPR_OVER: Final = 1.0
TPR_UP_TO: Final = 3.0
# Sutton, SPE 14265, 1985: fitted to 264 gases of these gravities.
GRAVITY_RANGE: Final = (0.57, 1.68)
_DENSEST: Final = 5.0  # reduced density; the equation of state rises steeply before it


def pseudo_criticals(gas_gravity: float) -> tuple[float, float]:
    """Return pseudo-critical temperature [degR] and pressure [psi] after Sutton (1985), for gravity 0.57 to 1.68."""
    temperature = 169.2 + 349.5 * gas_gravity - 74.0 * gas_gravity**2
    pressure = 756.8 - 131.0 * gas_gravity - 3.6 * gas_gravity**2
    return temperature, pressure


def reduced_z(ppr: float, tpr: float) -> float | None:
    """Return z [-] at reduced pressure and temperature after Dranchuk and Abou-Kassem (1975).

    Returns:
        None outside 0 <= ppr < 30, 1.0 < Tpr <= 3.0. Below ppr 0.2 it runs into the ideal gas, z = 1, as gases do.
    """
    if not (0.0 <= ppr < PPR_BELOW and TPR_OVER < tpr <= TPR_UP_TO):
        return None
    if ppr == 0.0:
        return 1.0
    a = _A
    c1 = a[0] + a[1] / tpr + a[2] / tpr**3 + a[3] / tpr**4 + a[4] / tpr**5
    c2 = a[5] + a[6] / tpr + a[7] / tpr**2
    c3 = a[8] * (a[6] / tpr + a[7] / tpr**2)

    def z_at(density: float) -> float:
        square = density * density
        tail = a[9] * (1.0 + a[10] * square) * square / tpr**3 * math.exp(-a[10] * square)
        return 1.0 + c1 * density + c2 * square - c3 * density**5 + tail

    # Reduced density is 0.27 ppr / (z Tpr); the root of density * z(density) = 0.27 ppr / Tpr nearest the gas side.
    target = 0.27 * ppr / tpr

    def excess(density: float) -> float:
        return density * z_at(density) - target

    step = 0.01
    above = step
    while excess(above) < 0.0:
        above += step
        if above > _DENSEST:
            return None
    density = float(brentq(excess, above - step, above, xtol=1e-14, rtol=1e-13))
    return target / density if density > 0.0 else 1.0


def z_factor(pressure_bar: float, temperature_degc: float, gas_gravity: float) -> float | None:
    """Return z [-] of a natural gas: pseudo-criticals of Sutton, z of Dranchuk and Abou-Kassem.

    Args:
        pressure_bar: Absolute pressure [bar].
        temperature_degc: Reservoir temperature [degC].
        gas_gravity: Relative to air [-]. Sour gas needs a correction that is not made here.

    Returns:
        None outside the range of either correlation.
    """
    if not GRAVITY_RANGE[0] <= gas_gravity <= GRAVITY_RANGE[1]:
        return None
    critical_degr, critical_psi = pseudo_criticals(gas_gravity)
    tpr = (temperature_degc + 273.15) * RANKINE_PER_KELVIN / critical_degr
    return reduced_z(pressure_bar * PSI_PER_BAR / critical_psi, tpr)


def p_over_z(pressure_bar: float, temperature_degc: float, gas_gravity: float) -> float | None:
    """Return p/z [bar], or None where z is not known."""
    z = z_factor(pressure_bar, temperature_degc, gas_gravity)
    return None if z is None else pressure_bar / z
