"""The text of a field's project.toml."""

from __future__ import annotations

from collections.abc import Mapping

from welltegra.simulator.field.plan import AS_OF, PROJECT_CRS, Plan
from welltegra.simulator.field.rocks import Rock
from welltegra.simulator.field.styles import STYLES


def project_file(plan: Plan, logs: Mapping[str, str]) -> str:
    """Return project.toml; logs: path of each well's log file."""
    styles = STYLES[: len(plan.reservoirs)]
    zones = [rock.zone for style in styles for rock in style.rocks]
    options = plan.options
    head = (
        f"# A synthetic field: {options.wells} wells, seed {options.seed}. No well or field of this name exists.\n"
        f'project_id = "{options.project_id}"\n'
        f"as_of = {AS_OF}\n"
        'profile = "earthbond_reopen_v1"\n'
        f'crs = "{PROJECT_CRS}"\n'
        f"zones = [{', '.join(map(_quoted, zones))}]\n"
    )
    parts = [head]
    parts += [f'[[logs]]\nfile = "{path}"\nwell_id = "{well_id}"\n' for well_id, path in logs.items()]
    parts += [_parameters(rock, _quoted(rock.zone), weak=False) for style in styles for rock in style.rocks]
    for well_id, number, weak in zip(plan.well_ids, plan.reservoir_of, plan.has_gap("weak_rw").tolist(), strict=True):
        if weak:
            rocks = STYLES[number % len(STYLES)].rocks
            parts += [_parameters(rock, f"{_quoted(rock.zone)}.{well_id}", weak=True) for rock in rocks]
    return "\n".join(parts)


def _parameters(rock: Rock, key: str, *, weak: bool) -> str:
    density_of_shale = rock.rho_matrix_g_cm3 - (
        rock.density_porosity_of_shale * (rock.rho_matrix_g_cm3 - rock.rho_fluid_g_cm3)
        if rock.porosity_method == "neutron_density"
        else 0.0
    )
    porosity = (
        f'method = "{rock.porosity_method}", rho_matrix = {rock.rho_matrix_g_cm3}, rho_fluid = {rock.rho_fluid_g_cm3}'
    )
    porosity += f", rho_shale = {density_of_shale:.4f}"
    if rock.porosity_method == "neutron_density":
        porosity += f", nphi_shale = {rock.neutron_porosity_of_shale}"
    saturation = f'method = "{rock.saturation_method}"'
    if rock.saturation_method != "archie":
        saturation += f", rsh = {rock.rsh_ohmm}"
    source, confidence = ("project_default", "low") if weak else ("water_sample", "high")
    return (
        f"[parameters.{key}]\n"
        f"gr_clean = {rock.gr_clean_gapi}\n"
        f"gr_shale = {rock.gr_shale_gapi}\n"
        f'vsh = {{method = "{rock.vsh_method}"}}\n'
        f"porosity = {{{porosity}}}\n"
        f"archie = {{a = {rock.a_factor}, m = {rock.m_exponent}, n = {rock.n_exponent}}}\n"
        f"saturation = {{{saturation}}}\n"
        f'rw = {{value = {rock.rw_ohmm}, source = "{source}"}}\n'
        f'sw_confidence = "{confidence}"\n'
    )


def _quoted(text: str) -> str:
    return f'"{text}"'
