"""One well's samples as the bytes of a LAS 2.0 file, in the ways that files of different vendors come."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Final

import polars as pl

FOOT_M: Final = 0.3048


@dataclass(frozen=True, slots=True)
class Vendor:
    """How one vendor writes: mnemonics of our curves, the index' name, and what stands for nothing."""

    mnemonics: dict[str, str]
    index: str = "DEPT"
    null: str = "-999.25"
    feet: bool = False
    descending: bool = False
    packed: bool = False


def _named(names: str) -> dict[str, str]:
    return dict(zip(CURVES, names.split(), strict=True))


# Our curves in the order of a file's columns, their units, and what the header says of them.
CURVES: Final = {
    "gr": ("GAPI", "Gamma ray"),
    "rhob": ("G/C3", "Bulk density"),
    "nphi": ("V/V", "Neutron porosity"),
    "rt": ("OHMM", "Deep resistivity"),
    "caliper": ("IN", "Caliper"),
    "bit_size": ("IN", "Bit size"),
    "drho": ("G/C3", "Density correction"),
}
VENDORS: Final = (
    Vendor(_named("GR RHOB NPHI RT CALI BS DRHO")),
    Vendor(_named("GR RHOB NPHI ILD CALI BS DRHO"), feet=True),
    Vendor(_named("GR RHOZ TNPH AT90 HCAL BS HDRA"), packed=True),
    Vendor(_named("GR ZDEN CNC RD CAL BIT ZCOR"), descending=True, null="-9999"),
    Vendor(_named("HGR DEN NPOR LLD CALI BS DRHO"), index="DEPTH", feet=True, packed=True),
)


@dataclass(frozen=True, slots=True)
class LasFile:
    """A file as it lies in the folder: name from `logs/` on, and content."""

    path: str
    content: bytes


def las_file(well_id: str, samples: pl.DataFrame, step_m: float, vendor: Vendor, spoiled: dict[str, str]) -> LasFile:
    """Return the file of one well.

    Args:
        well_id: Its id.
        samples: md_m and CURVES, ascending.
        step_m: Between two samples [m].
        vendor: How it is written.
        spoiled: Units to be written in place of the right ones, by curve; `index` and `header` are the depths'.
    """
    foot = FOOT_M if vendor.feet else 1.0
    samples = samples.select(pl.col("md_m") / foot, *CURVES)
    samples = samples.reverse() if vendor.descending else samples
    depth_unit = "FT" if vendor.feet else "M"
    header_unit = spoiled.get("header", depth_unit)
    step = (-step_m if vendor.descending else step_m) / foot
    start, stop = samples["md_m"][0], samples["md_m"][-1]
    lines = [
        "~VERSION INFORMATION",
        " VERS.                2.0 : CWLS LOG ASCII STANDARD - VERSION 2.0",
        " WRAP.                 NO : ONE LINE PER DEPTH STEP",
        "~WELL INFORMATION",
        f" STRT.{header_unit:<4} {start:16.4f} : START DEPTH",
        f" STOP.{header_unit:<4} {stop:16.4f} : STOP DEPTH",
        f" STEP.{header_unit:<4} {step:16.4f} : STEP",
        f" NULL.     {vendor.null:>16} : NULL VALUE",
        " COMP.            SYNTHETIC : COMPANY",
        f" WELL.     {well_id:>16} : WELL",
        " FLD .      SYNTHETIC FIELD : FIELD",
        " SRVC.            SIMULATED : SERVICE COMPANY",
        "~CURVE INFORMATION",
        f" {vendor.index}.{spoiled.get('index', depth_unit):<6} : Measured depth",
        *(
            f" {vendor.mnemonics[curve]}.{spoiled.get(curve, unit):<6} : {meaning}"
            for curve, (unit, meaning) in CURVES.items()
        ),
        "~ASCII",
    ]
    body = samples.write_csv(include_header=False, separator=" ", float_precision=4, null_value=vendor.null)
    content = ("\n".join(lines) + "\n" + body).encode("ascii")
    name = f"logs/{well_id}.las"
    # A time in the file would make two of the same field differ.
    return LasFile(f"{name}.gz", gzip.compress(content, 6, mtime=0)) if vendor.packed else LasFile(name, content)
