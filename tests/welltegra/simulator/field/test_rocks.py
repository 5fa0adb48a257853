from __future__ import annotations

import numpy as np
import pytest

from welltegra.simulator.field.chance import Floats
from welltegra.simulator.field.rocks import (
    Rock,
    VshMethod,
    apparent_porosities,
    gamma_ray_index,
    readings,
    true_resistivity,
)
from welltegra.simulator.field.styles import STYLES

ROCKS = [rock for style in STYLES for rock in style.rocks]


def of(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


# What each method makes of an index of one half: the chart's values, as the design has them.
@pytest.mark.parametrize(
    ("method", "vsh"),
    [
        ("linear", 0.5),
        ("larionov_tertiary", 0.2162),
        ("larionov_older", 0.33),
        ("steiber", 0.25),
        ("clavier", 0.3072),
    ],
)
def test_that_the_index_of_a_known_shale_volume_is_one_half(method: VshMethod, vsh: float) -> None:
    assert gamma_ray_index(of(vsh), method) == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(("sw", "rt"), [(1.0, 1.25), (0.5, 5.0), (0.3, 13.89), (0.25, 20.0), (0.2, 31.25)])
def test_that_archie_gives_the_resistivities_of_the_known_answers(sw: float, rt: float) -> None:
    rock = Rock("Any", "linear", "density", "archie", rw_ohmm=0.05)
    assert true_resistivity(rock, of(0.0), of(0.2), of(sw))[0] == pytest.approx(rt, abs=0.005)


@pytest.mark.parametrize("method", ["simandoux", "indonesia"])
def test_that_without_shale_every_model_is_archie(method: str) -> None:
    shaly = Rock("Any", "linear", "density", method)  # type: ignore[arg-type]  # its values are of several types
    clean = Rock("Any", "linear", "density", "archie")
    arguments = (of(0.0, 0.0), of(0.1, 0.25), of(0.3, 0.9))
    assert true_resistivity(shaly, *arguments) == pytest.approx(true_resistivity(clean, *arguments), rel=1e-12)


@pytest.mark.parametrize("rock", ROCKS, ids=lambda rock: rock.zone)
def test_that_what_the_tools_read_goes_back_to_what_it_was_made_from(rock: Rock) -> None:
    vsh, phie, sw = of(0.08, 0.20, 0.30), of(0.24, 0.18, 0.13), of(0.22, 0.40, 1.0)
    read = readings(rock, vsh, phie, sw)

    index = (read.gr - rock.gr_clean_gapi) / (rock.gr_shale_gapi - rock.gr_clean_gapi)
    back = {
        "linear": index,
        "larionov_tertiary": 0.083 * (2.0 ** (3.7 * index) - 1.0),
        "larionov_older": 0.33 * (4.0**index - 1.0),
        "steiber": index / (3.0 - 2.0 * index),
        "clavier": 1.7 - np.sqrt(3.38 - (index + 0.7) ** 2),
    }[rock.vsh_method]
    assert back == pytest.approx(vsh, abs=1e-12)

    density = (rock.rho_matrix_g_cm3 - read.rhob) / (rock.rho_matrix_g_cm3 - rock.rho_fluid_g_cm3)
    if rock.porosity_method == "neutron_density":
        density = density - vsh * rock.density_porosity_of_shale
        neutron = read.nphi - vsh * rock.neutron_porosity_of_shale
        if rock.gas:
            assert (neutron < density).all()
            density = np.sqrt((density**2 + neutron**2) / 2.0)
        else:
            density = (density + neutron) / 2.0
    assert density == pytest.approx(phie, abs=1e-12)

    water = phie**rock.m_exponent * sw**rock.n_exponent / (rock.a_factor * rock.rw_ohmm)
    conductivity = {
        "archie": water,
        "simandoux": water + vsh * sw / rock.rsh_ohmm,
        "indonesia": (np.sqrt(water) + np.sqrt(sw**rock.n_exponent / rock.rsh_ohmm) * vsh ** (1.0 - vsh / 2.0)) ** 2,
    }[rock.saturation_method]
    assert 1.0 / read.rt == pytest.approx(conductivity, rel=1e-12)


def test_that_gas_makes_the_porosities_cross_over_and_oil_does_not() -> None:
    gas, oil = (Rock("Any", "linear", "neutron_density", "archie", gas=gas) for gas in (True, False))
    density, neutron = apparent_porosities(gas, of(0.0), of(0.2))
    assert neutron[0] < density[0]
    density, neutron = apparent_porosities(oil, of(0.0), of(0.2))
    assert neutron[0] == pytest.approx(density[0])
