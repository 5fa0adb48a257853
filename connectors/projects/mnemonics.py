"""Which mnemonics of which vendors are which of our curves: the first that a file has, in this order, is taken.

The names are those of the vendors' public curve catalogues and of the field's habits. Where tools of several spacings
run together, the deepest and the borehole-corrected come first. A mapping in project.toml beats all of it.

Not here on purpose: SWT, of total porosity, as ours stands beside PHIE; ITT, which is integrated over depth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

OURS: Final[dict[str, str]] = {
    "gr": "GR CGR GRC GRCO GR_COR ECGR EHGR HGR HCGR SGR GRGC GRD GRS GRN GRAM GRAX GRMA GRMC GRAFM GRM GRA GR_EDTC"
    " GRCX GRSL GRTO GRPD DGRC DGRCC SGRC SGRB GAM GAMMA GAMMARAY GAMMA_RAY GCGR GR_ARC GR1 GRR GRLD GRST",
    "rhob": "RHOB RHOZ RHOM ROBB ZDEN ZDNC DEN DENS RHOC RHO8 RHOI HRHO ROBE NRHB SBD2 SBDC ALCDLC BDCM BDCFM BDC RHOBE"
    " RHOBED ABDCUN ABDC1M ROBU ASDC RHOB_COR DENSITY BULK_DENSITY CDEN LDEN",
    "nphi": "NPHI TNPH NPOR NPHC CNC CNCF CNPOR NPRL NPLS NPHL TNPL TNPB HNPO NPSS NPSL CNL PHIN NEU NEUT NPHIED NPHE"
    " BPHI APLC APLU TNP NPCKLFM NPCKSFM NPHI_LS NPHI_COR NEUTRON HTNP CNSS",
    "dt": "DT DTC DTCO DTCOMP AC DT24 DT4P DTLN DTL DT35 DTP DTHC DTRP DT_COMP DT1R DT2 DTCM SONIC BCSL DTHM",
    "rt": "RT RT_HRLT RLA5 HRLT_RT AT90 AF90 AHT90 AHF90 AO90 AE90 AIT90 AHO90 RTAT M2RX M2R9 HRTX HT12 HDRS RDEP RD"
    " LLD HLLD HRLD DLL RLLD ILD IDPH IDER ILDC RILD RES_DEP RDEEP DEEPRES LL7 LLD_COR RESD RD_COR R85P P40H P34H P28H"
    " RPCEHM RPCELM RPCHM SESP SEDP EWXT EWRD R39PC A40H A34H ATR ARC_AT90 BDAV RACEHM RACELM LN RT_COR",
    "caliper": "CALI CAL HCAL CALS CALX C1 HDAR CALIPER CLDC HCALI LCAL CAXR CL XCAL SCAL CALY DCAL_CALI ACAL BCAL ADIA"
    " HDIA CALI_DENS DCAV",
    "bit_size": "BS BIT BITSIZE BIT_SIZE BSZ",
    "drho": "DRHO HDRA ZCOR DCOR ZCRR DRHB DRH CORR DENC HDRH ZDRA RHOB_CORR DRHU DRHOED ALDCLC SCO2 DPE_DRHO",
    "permeability": "KLOGH KLOG PERM KINT K_INT KH PERMEABILITY KTIM KSDR KAIR KHORIZ PERM_H KLH",
    "vsh": "VSH VSHALE VCL VSHGR VSH_GR VSHF VSH_FINAL VCLAY VWCL VCLGR VSHL",
    "phie": "PHIE PHIF PHIE_FINAL PIGE PHIE_ND PHIX POR_EFF EFFPOR PHIEFF PHI_E",
    "sw": "SW SWE SW_FINAL SWF SW_AR SW_ARCHIE SUWI SW_E SWAT WATSAT",
}
DEPTHS: Final = frozenset("DEPT DEPTH MD TDEP BOREHOLE-DEPTH BOREHOLE_DEPTH M.DEPTH MDEPTH DEPTH_MD DEPTMD".split())

_RANK: Final = {mnemonic: (curve, rank) for curve, names in OURS.items() for rank, mnemonic in enumerate(names.split())}
_COPY: Final = re.compile(r":\d+$")


def plain(mnemonic: str) -> str:
    """Return a mnemonic without what writers and readers add: case, a dot at its end, the number of a copy."""
    return _COPY.sub("", mnemonic.strip()).rstrip(".").upper()


def is_depth(mnemonic: str) -> bool:
    """Return whether a mnemonic names a measured depth."""
    return plain(mnemonic) in DEPTHS


def matched(mnemonics: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return, for each of our curves that there is, the places of the mnemonics that may be it, the best first."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, mnemonic in enumerate(mnemonics):
        known = _RANK.get(plain(mnemonic))
        if known is not None:
            found.setdefault(known[0], []).append((known[1], place))
    return {curve: tuple(place for _, place in sorted(ranks)) for curve, ranks in found.items()}
