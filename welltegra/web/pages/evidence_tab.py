"""What a target rests on: its evidence pack, the files that were read, and how its place came about."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.ops.shapes import SourceRow, TargetDetail
from welltegra.web.words import fixed, plain, value_words

_COMPLETION = ("completions", "completion", "operability")
_PRODUCTION = ("production", "injection", "pressures", "saturation_logs")


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Files of one kind of evidence."""

    title: str
    sources: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class EvidenceTab:
    """completeness: share of the required items, in words. missing: what the pack lacks; None where nothing is said."""

    pack: str | None
    completeness: str
    missing: str | None
    groups: tuple[SourceGroup, ...]
    provenance: tuple[tuple[str, str], ...]


def evidence_tab(detail: TargetDetail) -> EvidenceTab:
    """Return the tab."""
    completion = tuple(one for one in detail.sources if one.kind in _COMPLETION)
    production = tuple(one for one in detail.sources if one.kind in _PRODUCTION)
    others = tuple(one for one in detail.sources if one.kind not in (*_COMPLETION, *_PRODUCTION))
    groups = (
        SourceGroup("Logs, surveys and tables", others),
        SourceGroup("Completion", completion),
        SourceGroup("Production and pressure", production),
    )
    missing = detail.facts.get("evidence_missing")
    spatial = detail.spatial
    return EvidenceTab(
        pack=None if detail.evidence_pack_id is None else str(detail.evidence_pack_id),
        completeness=_percent(detail.row.evidence_completeness),
        missing=None if not missing else value_words(missing),
        groups=tuple(group for group in groups if group.sources),
        provenance=(
            ("Location from", plain(spatial.location_source)),
            ("CRS", spatial.crs or plain(None)),
            ("Transform chain", spatial.transform_chain or "not recorded"),
            ("Scoring", detail.scoring_version),
            ("Data as of", detail.as_of.isoformat()),
            ("Log quality", fixed(detail.interval.log_quality, 2)),
        ),
    )


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{share:.0%}"
