"""Which curves of a log a zone's Vsh, porosity and Sw come from: only what is wrong with those casts doubt on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from scoring.expressions import Expression
from scoring.parameters import ZoneParameters

_POROSITY: Final = {
    "density": ("rhob",),
    "neutron_density": ("rhob", "nphi"),
    "density_neutron_regression": ("rhob", "nphi"),
    "sonic": ("dt",),
}
# Names in an expression that are no curves of a tool: what they come from is counted where it is chosen.
_DERIVED: Final = {"phif", "phie", "vsh", "klogh"}


def curves_used(said: ZoneParameters, there: Collection[str]) -> frozenset[str]:
    """Return the curves that the models of a zone use, of those that its log has or should have.

    As `scoring.models.log_models` chooses: an interpreted curve serves only where what would compute it is not there.
    Caliper, bit size, density correction and permeability are never among them.

    Args:
        said: The zone's parameters, settled.
        there: The curves in the well's logs, whether they could be read or not.
    """
    used = {_vsh(said, there), *_porosity(said, there), _sw(said, there)}
    if said.cutoffs is not None and said.cutoffs.rt_min is not None:
        used.add("rt")
    m = said.archie.m if said.archie else None
    if isinstance(m, Expression):
        named = m.names | (said.klogh.names if said.klogh and "klogh" in m.names else frozenset())
        used |= named - _DERIVED
    return frozenset(used)


def _vsh(said: ZoneParameters, there: Collection[str]) -> str:
    is_computed = said.gr_clean is not None and said.gr_shale is not None and "gr" in there
    return "gr" if is_computed or "vsh" not in there else "vsh"


def _porosity(said: ZoneParameters, there: Collection[str]) -> tuple[str, ...]:
    assert said.porosity is not None
    method = said.porosity.method
    stand_ins = ("density", "sonic") if method == "neutron_density" else ("sonic",)
    for way in (method, *stand_ins):
        if all(curve in there for curve in _POROSITY[way]):
            return _POROSITY[way]
    return ("phie",) if "phie" in there else _POROSITY[method]


def _sw(said: ZoneParameters, there: Collection[str]) -> str:
    is_computed = said.rw is not None and "rt" in there
    return "rt" if is_computed or "sw" not in there else "sw"
