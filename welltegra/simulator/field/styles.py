"""The three kinds of reservoir the field has, in turn: flooded by injectors, depleting by itself, and gas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from welltegra.simulator.field.rocks import Rock


@dataclass(frozen=True, slots=True)
class Style:
    """One kind of reservoir. bo: of oil, or of gas [rm3/sm3]; rocks: upper and lower zone."""

    name: str
    rocks: tuple[Rock, Rock]
    injectors: bool
    gas: bool
    bo: float
    recovery_factor: float
    sor: float
    crest_tvdss_m: float
    initial_bar: float
    temperature_degc: float
    gas_gravity: float = 0.70
    spacing_m: float = 400.0
    economic_oil_sm3d: float = 1.5

    @property
    def contact_tvdss_m(self) -> float:
        """Below the deepest pay of any producer."""
        return self.crest_tvdss_m + 78.0


STYLES: Final = (
    Style(
        "flooded",
        (
            Rock("Alder Sand", "linear", "density", "archie"),
            Rock(
                "Birch Sand",
                "larionov_tertiary",
                "neutron_density",
                "archie",
                gr_clean_gapi=25.0,
                gr_shale_gapi=130.0,
                a_factor=0.81,
                rw_ohmm=0.06,
            ),
        ),
        injectors=True,
        gas=False,
        bo=1.25,
        recovery_factor=0.40,
        sor=0.25,
        crest_tvdss_m=1_700.0,
        initial_bar=180.0,
        temperature_degc=72.0,
    ),
    Style(
        "depleting",
        (
            Rock("Cedar Sand", "steiber", "density", "simandoux", rw_ohmm=0.04, rsh_ohmm=3.0),
            Rock(
                "Dogwood Sand", "clavier", "neutron_density", "indonesia", m_exponent=1.9, n_exponent=1.9, rsh_ohmm=2.2
            ),
        ),
        injectors=False,
        gas=False,
        bo=1.20,
        recovery_factor=0.25,
        sor=0.28,
        crest_tvdss_m=1_450.0,
        initial_bar=155.0,
        temperature_degc=64.0,
    ),
    Style(
        "gas",
        (
            Rock("Elm Sand", "linear", "neutron_density", "archie", gas=True, rw_ohmm=0.07),
            Rock("Fir Sand", "larionov_older", "density", "archie", gas=True, rho_fluid_g_cm3=0.85, rw_ohmm=0.07),
        ),
        injectors=False,
        gas=True,
        bo=0.0055,
        recovery_factor=0.70,
        sor=0.20,
        crest_tvdss_m=1_950.0,
        initial_bar=205.0,
        temperature_degc=80.0,
    ),
)
