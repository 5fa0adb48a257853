"""z of natural gas after Hall and Yarborough (1973), pseudo-criticals after Sutton (1985). scoring has another way."""

from __future__ import annotations

import numpy as np

from welltegra.simulator.field.chance import Floats

_PSI_PER_BAR = 14.503773773
_RANKINE_PER_KELVIN = 1.8


def deviation(pressure_bar: Floats, temperature_degc: float, gas_gravity: float) -> Floats:
    """Return z [-] at pressures [bar absolute]."""
    critical_degr = 169.2 + 349.5 * gas_gravity - 74.0 * gas_gravity**2
    critical_psi = 756.8 - 131.0 * gas_gravity - 3.6 * gas_gravity**2
    t = critical_degr / ((temperature_degc + 273.15) * _RANKINE_PER_KELVIN)
    reduced = pressure_bar * _PSI_PER_BAR / critical_psi
    scale = 0.06125 * t * np.exp(-1.2 * (1.0 - t) ** 2)
    linear = 14.76 * t - 9.76 * t**2 + 4.58 * t**3
    steep = 90.7 * t - 242.2 * t**2 + 42.4 * t**3
    power = 2.18 + 2.82 * t
    y = scale * reduced
    for _ in range(30):
        excess = -scale * reduced + (y + y**2 + y**3 - y**4) / (1.0 - y) ** 3 - linear * y**2 + steep * y**power
        slope = (1.0 + 4.0 * y + 4.0 * y**2 - 4.0 * y**3 + y**4) / (1.0 - y) ** 4
        slope = slope - 2.0 * linear * y + steep * power * y ** (power - 1.0)
        y = y - excess / slope
    z: Floats = scale * reduced / y
    return z


def pressure_of(p_over_z_bar: Floats, temperature_degc: float, gas_gravity: float) -> Floats:
    """Return the pressures [bar absolute] at which p/z has these values; they must rise with pressure."""
    low, high = np.zeros_like(p_over_z_bar) + 1e-3, 1.5 * p_over_z_bar
    for _ in range(50):
        middle = 0.5 * (low + high)
        below = middle / deviation(middle, temperature_degc, gas_gravity) < p_over_z_bar
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return 0.5 * (low + high)
