"""The rock of each zone, and what its logs read: shale volume, porosity and saturation in, readings out.

Sources: Larionov (1969), Steiber (1970), Clavier (1971); Archie (1942); Simandoux (1963) without the factor (1 - Vsh);
Poupon and Leveaux (1971), "Indonesia".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from welltegra.simulator.field.chance import Floats

VshMethod = Literal["linear", "larionov_tertiary", "larionov_older", "steiber", "clavier"]
PorosityMethod = Literal["density", "neutron_density"]
SaturationMethod = Literal["archie", "simandoux", "indonesia"]

# What a shale that holds no movable water is taken to read, where the model of the zone knows no shale.
SHALE_RT_OHMM = 2.5
# In gas the neutron reads this much too low, and the density porosity as much too high as their RMS asks for.
GAS_NEUTRON_FACTOR = 0.7


@dataclass(frozen=True, slots=True)
class Rock:
    """One zone: which methods hold in it, and with which numbers. Resistivities at formation temperature."""

    zone: str
    vsh_method: VshMethod
    porosity_method: PorosityMethod
    saturation_method: SaturationMethod
    gas: bool = False
    gr_clean_gapi: float = 20.0
    gr_shale_gapi: float = 125.0
    rho_matrix_g_cm3: float = 2.65
    rho_fluid_g_cm3: float = 1.0
    density_porosity_of_shale: float = 0.10
    neutron_porosity_of_shale: float = 0.35
    a_factor: float = 1.0
    m_exponent: float = 2.0
    n_exponent: float = 2.0
    rw_ohmm: float = 0.05
    rsh_ohmm: float = 2.5


@dataclass(frozen=True, slots=True)
class Readings:
    """What clean tools read, arrays of one shape: gr [gAPI], rhob [g/cm3], nphi [v/v], rt [ohm.m]."""

    gr: Floats
    rhob: Floats
    nphi: Floats
    rt: Floats


def gamma_ray_index(vsh: Floats, method: VshMethod) -> Floats:
    """Return the gamma ray index [-] at which the method gives `vsh` [v/v]."""
    if method == "linear":
        return vsh
    if method == "larionov_tertiary":
        return np.log2(vsh / 0.083 + 1.0) / 3.7
    if method == "larionov_older":
        return np.log2(vsh / 0.33 + 1.0) / 2.0
    if method == "steiber":
        return 3.0 * vsh / (1.0 + 2.0 * vsh)
    return np.sqrt(3.38 - (1.7 - vsh) ** 2) - 0.7


def apparent_porosities(rock: Rock, vsh: Floats, phie: Floats) -> tuple[Floats, Floats]:
    """Return density and neutron porosity [v/v] as the tools read them, shale and gas included."""
    if rock.porosity_method == "density":  # the model of the zone knows no shale: all that is light is pore
        return phie, phie + 0.30 * vsh
    neutron = phie * GAS_NEUTRON_FACTOR if rock.gas else phie
    density = np.sqrt(2.0 * phie**2 - neutron**2)
    return density + vsh * rock.density_porosity_of_shale, neutron + vsh * rock.neutron_porosity_of_shale


def true_resistivity(rock: Rock, vsh: Floats, phie: Floats, sw: Floats) -> Floats:
    """Return Rt [ohm.m] at which the zone's model gives `sw` [v/v]."""
    if rock.saturation_method == "indonesia":
        water = phie ** (rock.m_exponent / 2.0) / np.sqrt(rock.a_factor * rock.rw_ohmm)
        shale = vsh ** (1.0 - vsh / 2.0) / np.sqrt(rock.rsh_ohmm)
        of_both: Floats = 1.0 / ((water + shale) ** 2 * sw**rock.n_exponent)
        return of_both
    water = phie**rock.m_exponent * sw**rock.n_exponent / (rock.a_factor * rock.rw_ohmm)
    if rock.saturation_method == "simandoux":
        return 1.0 / (water + vsh * sw / rock.rsh_ohmm)
    # Archie would have a wet shale read tens of ohm.m. Whatever it reads below that, it is wet.
    return np.where((vsh > 0.5) & (sw >= 1.0), np.minimum(SHALE_RT_OHMM, 1.0 / water), 1.0 / water)


def readings(rock: Rock, vsh: Floats, phie: Floats, sw: Floats) -> Readings:
    """Return what the tools read in rock with this shale volume, porosity and saturation, all [v/v]."""
    density, neutron = apparent_porosities(rock, vsh, phie)
    index = gamma_ray_index(vsh, rock.vsh_method)
    return Readings(
        gr=rock.gr_clean_gapi + index * (rock.gr_shale_gapi - rock.gr_clean_gapi),
        rhob=rock.rho_matrix_g_cm3 - density * (rock.rho_matrix_g_cm3 - rock.rho_fluid_g_cm3),
        nphi=neutron,
        rt=true_resistivity(rock, vsh, phie, sw),
    )
