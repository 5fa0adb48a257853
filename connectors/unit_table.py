"""What a unit is: every spelling we accept, its size as an exact fraction, and the spellings we refuse.

The sizes are made from definitions: inch 25.4 mm, pound 0.45359237 kg, standard gravity 9.80665 m/s2, gallon 231 in3,
barrel 42 gallons, atmosphere 101325 Pa. The spellings are those of the Energistics dictionaries (WITSML 1.3.1.1 and
1.4.1.1 write `galUS/min`, 2.0 writes `gal[US]/min`) and those of the field.
"""

from __future__ import annotations

from fractions import Fraction

Size = Fraction | int

KILO, MEGA = 1000, 10**6
CENTI, MILLI, MICRO = Fraction(1, 100), Fraction(1, 1000), Fraction(1, 10**6)

INCH, FOOT = Fraction(254, 10_000), Fraction(3048, 10_000)  # [m], international yard and pound agreement, 1959
US_FOOT = Fraction(1200, 3937)  # [m], US survey foot, Mendenhall order
GAL_US, GAL_UK = 231 * INCH**3, Fraction(454_609, 100_000_000)  # [m3]
BBL = 42 * GAL_US
POUND, GRAVITY = Fraction(45_359_237, 100_000_000), Fraction(980_665, 100_000)  # [kg], [m/s2]
LBF, KGF = POUND * GRAVITY, GRAVITY  # [N]
PSI, BAR, ATM, KGF_CM2 = LBF / INCH**2, 100_000, Fraction(101_325), KGF * 10_000  # [Pa]
SECOND, MINUTE, HOUR, DAY = Fraction(1), Fraction(60), Fraction(3600), Fraction(86_400)  # [s]
HORSEPOWER = 550 * FOOT * LBF  # [W]
DEG_R = Fraction(5, 9)  # [K]
# Pi is no fraction; fifty decimals round to the same double.
RADIAN = 1 / (2 * Fraction("3.14159265358979323846264338327950288419716939937510"))  # [rev]


def _per_time(volumes: dict[str, Size]) -> dict[str, Size]:
    """Return flow rates: each volume per second, minute, hour and day, with the usual spellings of the times."""
    times = {"s, sec": SECOND, "min": MINUTE, "h, hr": HOUR, "d, day": DAY}
    return {
        ", ".join(f"{volume}/{time}" for volume in spellings.split(", ") for time in periods.split(", ")): size / length
        for spellings, size in volumes.items()
        for periods, length in times.items()
    }


def _referred(letter: str) -> dict[str, Size]:
    """Return the pressures whose spelling states their reference: `g` for gauge, `a` for absolute."""
    sizes: dict[str, Size] = {
        "Pa": 1,
        "kPa": KILO,
        "MPa": MEGA,
        "mbar": 100,
        "bar": BAR,
        "psi": PSI,
        "kpsi": 1000 * PSI,
    }
    table: dict[str, Size] = {f"{name}{letter}, {name}({letter})": size for name, size in sizes.items()}
    table[f"kgf/cm2{letter}, kgf/cm2({letter}), kg/cm2{letter}, kg/cm2({letter})"] = KGF_CM2
    table[f"atm{letter}, atm({letter})"] = ATM
    for name in ("psi", "bar", "kPa"):
        table[f"{name.upper()}{letter.upper()}"] = sizes[name]
    return table


# Scales of conventional dimensions, base unit first. Names on one line are one unit; the first is its symbol.
SIZES: dict[str, dict[str, Size]] = {
    # A stroke, a beat, a cycle of something that is not an angle: each is 1. A turn is not, see rotation.
    "frequency": {
        "Hz, HZ, hz, 1/s, 1/sec, cycle/s, cycles/s, strokes/s, stroke/s, stk/s": 1,
        "mHz": MILLI,
        "kHz": KILO,
        "MHz": MEGA,
        "GHz": 10**9,
        "spm, SPM, strokes/min, stroke/min, stk/min, stks/min, 1/min, cycle/min, cycles/min": 1 / MINUTE,
        "1/h, 1/hr, strokes/h, stk/h": 1 / HOUR,
        "1/d, 1/day": 1 / DAY,
    },
    "rotation": {
        "rev/s, rps, r/s": 1,
        "rpm, RPM, rev/min, r/min": 1 / MINUTE,
        "rad/s": RADIAN,
        "dega/s, deg/s": Fraction(1, 360),
        "dega/min, deg/min": 1 / (360 * MINUTE),
        "dega/h, deg/h": 1 / (360 * HOUR),
    },
    "angle": {
        "rev": 1,
        "dega, deg, °": Fraction(1, 360),
        "mina": Fraction(1, 360 * 60),
        "seca": Fraction(1, 360 * 3600),
        "gon": Fraction(1, 400),
        "rad": RADIAN,
        "mrad": RADIAN / 1000,
    },
    "stroke count": {"strokes, stroke, stk, stks, STK": 1, "kstk": KILO},
    "pressure without stated reference": {
        "Pa, N/m2": 1,
        "uPa": MICRO,
        "mPa": MILLI,
        "hPa": 100,
        "kPa, KPA, kN/m2": KILO,
        "MPa, N/mm2": MEGA,
        "GPa": 10**9,
        "ubar": Fraction(1, 10),
        "mbar": 100,
        "bar, BAR": BAR,
        "psi, PSI, lbf/in2, lb/in2": PSI,
        "kpsi, ksi": 1000 * PSI,
        "Mpsi": 10**6 * PSI,
        "atm": ATM,
        "at, kgf/cm2": KGF_CM2,
        "kgf/m2": KGF,
        "kgf/mm2": KGF * 10**6,
        "torr": ATM / 760,
        "dyne/cm2": Fraction(1, 10),
        "lbf/ft2, psf": LBF / FOOT**2,
        "lbf/100ft2, 0.01 lbf/ft2": LBF / FOOT**2 / 100,
    },
    "gauge pressure": _referred("g"),
    "absolute pressure": _referred("a"),
    "pressure gradient": {
        "Pa/m": 1,
        "kPa/m": KILO,
        "MPa/m": MEGA,
        "bar/m": BAR,
        "bar/km": 100,
        "psi/ft": PSI / FOOT,
        "psi/100ft": PSI / FOOT / 100,
        "psi/1000ft, psi/kft": PSI / FOOT / 1000,
        "psi/m": PSI,
    },
    "pressure rate": {
        "Pa/s": 1,
        "Pa/h": 1 / HOUR,
        "kPa/s": KILO,
        "kPa/min": KILO / MINUTE,
        "kPa/h, kPa/hr": KILO / HOUR,
        "MPa/h": MEGA / HOUR,
        "bar/s": BAR,
        "bar/min": BAR / MINUTE,
        "bar/h": BAR / HOUR,
        "psi/s": PSI,
        "psi/min": PSI / MINUTE,
        "psi/h, psi/hr": PSI / HOUR,
    },
    "temperature difference": {"deltaK, deltaC": 1, "deltaR, deltaF": DEG_R},
    "length": {
        "m": 1,
        "km": KILO,
        "dm": Fraction(1, 10),
        "cm": CENTI,
        "mm": MILLI,
        "um": MICRO,
        "nm": Fraction(1, 10**9),
        "in, inch": INCH,
        "1/32 in, in/32": INCH / 32,
        "1/64 in, in/64": INCH / 64,
        "ft, FT, feet": FOOT,
        "kft": 1000 * FOOT,
        "yd": 3 * FOOT,
        "mi": 5280 * FOOT,
        "ft[US], ftUS": US_FOOT,
        "in[US], inUS": US_FOOT / 12,
    },
    "area": {
        "m2": 1,
        "cm2": Fraction(1, 10**4),
        "mm2": MICRO,
        "ft2": FOOT**2,
        "in2": INCH**2,
    },
    "volume": {
        "m3": 1,
        "L, l, dm3": MILLI,
        "mL, cm3, cc": MICRO,
        "ft3": FOOT**3,
        "in3": INCH**3,
        "bbl, BBL": BBL,
        "gal[US], galUS": GAL_US,
        "gal[UK], galUK": GAL_UK,
    },
    "flow rate": {
        **_per_time(
            {
                "m3": 1,
                "L, l, dm3": MILLI,
                "cm3, mL": MICRO,
                "ft3": FOOT**3,
                "bbl": BBL,
                "gal[US], galUS": GAL_US,
                "gal[UK], galUK": GAL_UK,
            }
        ),
        "gpm, GPM": GAL_US / MINUTE,
        "lpm, LPM": MILLI / MINUTE,
        "bpm, BPM": BBL / MINUTE,
        "bpd, BPD": BBL / DAY,
        "cfm, CFM": FOOT**3 / MINUTE,
        "1000 bbl/d, kbbl/d": 1000 * BBL / DAY,
        "1000 ft3/d": 1000 * FOOT**3 / DAY,
        "1000 m3/d": KILO / DAY,
        "1000 m3/h": KILO / HOUR,
    },
    # Gas counted at reference conditions is an amount, not a volume, and the two conventions differ.
    "gas flow rate at 60 degF": {
        "scf/d, scfd, scf/day": 1,
        "scf/h": 24,
        "scf/min, scfm, SCFM": 1440,
        "Mscf/d, Mscf(60F)/d": KILO,
        "MMscf/d, MMscf(60F)/d, MMscfd, MMSCFD": MEGA,
    },
    "gas flow rate at 15 degC": {
        "Sm3/d, sm3/d": 1,
        "Sm3/h, sm3/h": 24,
        "1000 Sm3/d, kSm3/d": KILO,
    },
    "mass": {
        "kg": 1,
        "mg": MICRO,
        "t, tonne": KILO,
        "lbm": POUND,
        "klbm": 1000 * POUND,
        "ton[US], tonUS": 2000 * POUND,
        "ton[UK], tonUK": 2240 * POUND,
    },
    "mass flow rate": {
        "kg/s": 1,
        "kg/min": 1 / MINUTE,
        "kg/h": 1 / HOUR,
        "kg/d": 1 / DAY,
        "t/h": KILO / HOUR,
        "t/d": KILO / DAY,
        "lbm/s": POUND,
        "lbm/min": POUND / MINUTE,
        "lbm/h": POUND / HOUR,
        "lbm/d": POUND / DAY,
    },
    "mass per length": {"kg/m": 1, "lbm/ft, lb/ft, ppf": POUND / FOOT},
    "density": {
        "kg/m3, g/L, KG/M3": 1,
        "g/cm3, g/cc, G/CC, G/C3, g/mL, kg/L, kg/dm3, t/m3": KILO,
        "mg/L, g/m3": MILLI,
        "ppg, PPG, lbm/gal[US], lbm/galUS, lb/galUS": POUND / GAL_US,
        "lbm/gal[UK], lbm/galUK": POUND / GAL_UK,
        "lbm/ft3, lb/ft3, pcf": POUND / FOOT**3,
        "lbm/bbl, lb/bbl": POUND / BBL,
    },
    # Water at 4 degC, 15 degC or 60 degF: the reference is not in the spelling, so it never becomes a density.
    "specific gravity": {"sg, SG, s.g.": 1},
    "force": {
        "N": 1,
        "mN": MILLI,
        "daN": 10,
        "kN": KILO,
        "kdaN, 10 kN": 10_000,
        "MN": MEGA,
        "dyne": Fraction(1, 10**5),
        "gf": KGF / 1000,
        "kgf": KGF,
        "Mgf, tf": 1000 * KGF,
        "lbf, LBF": LBF,
        "klbf, KLBF, kip": 1000 * LBF,
        "tonf[US], tonfUS": 2000 * LBF,
        "tonf[UK], tonfUK": 2240 * LBF,
    },
    "force per length": {"N/m": 1, "kN/m": KILO, "lbf/ft": LBF / FOOT},
    "torque": {
        "N.m, Nm, N-m": 1,
        "dN.m": Fraction(1, 10),
        "daN.m, daNm": 10,
        "kN.m, kNm, kN-m": KILO,
        "kgf.m": KGF,
        "ft.lbf, lbf.ft, ft.lb, ft-lb, ft-lbf, ft-lbs, ft.lbs": FOOT * LBF,
        "kft.lbf, klbf.ft, 1000 lbf.ft, kft.lb, kft-lb, kft-lbf, kft-lbs": 1000 * FOOT * LBF,
        "lbf.in, in.lbf, in-lbf, in-lb": INCH * LBF,
        "tonf[US].ft, tonfUS.ft": 2000 * FOOT * LBF,
    },
    "velocity": {
        "m/s, m/sec": 1,
        "m/min": 1 / MINUTE,
        "m/h, m/hr, M/HR": 1 / HOUR,
        "m/d, m/day": 1 / DAY,
        "cm/s": CENTI,
        "mm/s": MILLI,
        "km/h": KILO / HOUR,
        "ft/s, ft/sec": FOOT,
        "ft/min, fpm": FOOT / MINUTE,
        "ft/h, ft/hr, FT/HR, fph": FOOT / HOUR,
        "ft/d, ft/day": FOOT / DAY,
        "in/s": INCH,
        "in/min": INCH / MINUTE,
        "mi/h": 5280 * FOOT / HOUR,
        "knot": 1852 / HOUR,
    },
    "drilling time per length": {"min/m": MINUTE, "min/ft": MINUTE / FOOT, "h/m": HOUR, "h/ft": HOUR / FOOT},
    "slowness": {"us/m": 1, "s/m": MEGA, "us/ft, US/F": 1 / FOOT},
    "time": {
        "s, sec": 1,
        "ms": MILLI,
        "us": MICRO,
        "min": MINUTE,
        "h, hr": HOUR,
        "d, day": DAY,
        "wk": 7 * DAY,
    },
    "curvature": {
        "dega/m, deg/m": 1,
        "dega/30m, deg/30m, 1/30 dega/m": Fraction(1, 30),
        "dega/ft, deg/ft": 1 / FOOT,
        "dega/100ft, deg/100ft, 0.01 dega/ft": 1 / FOOT / 100,
        "rad/m": 360 * RADIAN,
        "rad/ft": 360 * RADIAN / FOOT,
    },
    "acceleration": {
        "m/s2": 1,
        "cm/s2": CENTI,
        "ft/s2": FOOT,
        "gn": GRAVITY,
        "mgn": GRAVITY / 1000,
    },
    "viscosity": {"Pa.s": 1, "mPa.s, cP, cp": MILLI, "P": Fraction(1, 10)},
    "electric current": {"A": 1, "mA": MILLI, "uA": MICRO, "kA": KILO},
    "voltage": {"V": 1, "mV": MILLI, "uV": MICRO, "kV": KILO},
    "electric resistance": {"ohm": 1, "kohm": KILO, "Mohm": MEGA},
    "power": {
        "W": 1,
        "mW": MILLI,
        "kW": KILO,
        "MW": MEGA,
        "hp, HP, hhp, hp[hyd]": HORSEPOWER,
        "hp[metric]": 75 * KGF,
    },
    "power per area": {"W/m2": 1, "kW/m2": KILO, "hhp/in2, hp/in2, hp[hyd]/in2": HORSEPOWER / INCH**2},
    "magnetic flux density": {"T": 1, "mT": MILLI, "uT": MICRO, "nT": Fraction(1, 10**9), "gauss": Fraction(1, 10**4)},
    "gamma ray": {"gAPI, GAPI": 1},
    "resistivity": {"ohm.m, ohmm, OHMM, ohm-m, Ω.m": 1, "ohm.cm": CENTI},
    "conductivity": {"S/m": 1, "mS/m, mmho/m, MMHO/M": MILLI, "mS/cm": Fraction(1, 10), "uS/cm": Fraction(1, 10**4)},
    "permeability": {"D": 1, "mD, md": MILLI, "uD": MICRO},
    "fraction": {
        "Euc, v/v, V/V, m3/m3, ft3/ft3, mL/mL, kg/kg, m/m": 1,
        "%, cEuc, pct, percent": CENTI,
        "ppk": MILLI,
        "ppm, PPM": MICRO,
    },
    # The source says that it states no unit. Such a value may be a code, a sum, or percent: it converts to nothing.
    "value without a unit": {"unitless, Unitless, UNITLESS": 1},
    "level": {"dB": 1},
    "acidity": {"pH": 1},
}

# Absolute zero is the zero of each: scale and zero, so that kelvin = scale * value + zero.
TEMPERATURES: dict[str, tuple[Size, Size]] = {
    "K, degK": (1, 0),
    "degC, DEGC, °C": (1, Fraction(27_315, 100)),
    "degF, DEGF, °F": (DEG_R, Fraction(45_967, 100) * DEG_R),
    "degR, °R": (DEG_R, 0),
}

# Spellings that two trades, or two dictionaries, read differently. Refused, with the way out.
AMBIGUOUS: dict[str, str] = {
    "c/s": "WITSML counts it as rotation, others as Hz: write 'rev/s' for turns, 'Hz' for strokes or cycles.",
    "c/min": "It is read as turns and as cycles: write 'rpm' for turns, 'spm' or '1/min' for strokes or cycles.",
    "c": "It is read as a turn and as a count: write 'rev' for a turn, 'strokes' for a count.",
    "cps": "It is read as cycles and as counts per second: write 'Hz', or '1/s'.",
    "cpm": "It is read as cycles and as counts per minute: write '1/min'.",
    "MPA": "Write 'MPa' for megapascal or 'mPa' for millipascal.",
    "mpa": "Write 'MPa' for megapascal or 'mPa' for millipascal.",
    "Mpa": "Write 'MPa' for megapascal or 'mPa' for millipascal.",
    "MHZ": "Write 'MHz' for megahertz or 'mHz' for millihertz.",
    "mhz": "Write 'MHz' for megahertz or 'mHz' for millihertz.",
    "M": "Write 'm' for metre; M alone also stands for a thousand and for a million.",
    "MS": "Write 'ms' for millisecond, or 'mS/m' for a conductivity.",
    "MV": "Write 'mV' for millivolt.",
    "C": "Write 'degC' for a temperature; C is also coulomb.",
    "F": "Write 'degF' for a temperature; F is also farad.",
    "R": "Write 'degR' for a temperature; R is also roentgen.",
    "g": "Write 'gn' for standard gravity, or 'kg' for a mass; g is also gram.",
    "G": "Write 'gn' for standard gravity, or 'gauss' for a magnetic field.",
    "lb": "Write 'lbf' for a force or 'lbm' for a mass.",
    "lbs": "Write 'lbf' for a force or 'lbm' for a mass.",
    "klb": "Write 'klbf' for a force or 'klbm' for a mass.",
    "klbs": "Write 'klbf' for a force or 'klbm' for a mass.",
    "ton": "Write 'ton[US]', 'ton[UK]' or 't' for a mass, 'tonf[US]', 'tonf[UK]' or 'tf' for a force.",
    "tons": "Write 'ton[US]', 'ton[UK]' or 't' for a mass, 'tonf[US]', 'tonf[UK]' or 'tf' for a force.",
    "tonf": "Write 'tonf[US]' (2000 lbf), 'tonf[UK]' (2240 lbf) or 'tf' (1000 kgf).",
    "gal": "Write 'gal[US]' or 'gal[UK]'.",
    "gal/min": "Write 'gal[US]/min' (gpm) or 'gal[UK]/min'.",
    "gal/h": "Write 'gal[US]/h' or 'gal[UK]/h'.",
    "lb/gal": "Write 'lbm/gal[US]' (ppg) or 'lbm/gal[UK]'.",
    "lbm/gal": "Write 'lbm/gal[US]' (ppg) or 'lbm/gal[UK]'.",
    "kg/cm2": "Write 'kgf/cm2' for a pressure, 'kgf/cm2g' or 'kgf/cm2a' if its reference is known.",
    "ppb": "Write 'lbm/bbl' for a mud additive; ppb is also parts per billion.",
    "mph": "Write 'm/h' or 'mi/h'.",
    "Mbbl/d": "Write '1000 bbl/d'; M is a thousand in the field and a million in the Energistics dictionary.",
    "API": "Write 'gAPI' for a gamma ray; API is also a gravity of oil.",
    "scf": "Write a rate, such as 'scf/d'.",
    "mmHg": "Write 'torr'; mercury needs a temperature.",
    "inHg": "Write 'mbar' or 'Pa', converted at the source; mercury needs a temperature.",
    "-": "Write 'unitless' if the value has no unit, 'Euc' if it is a fraction, '%' if it is percent.",
}
