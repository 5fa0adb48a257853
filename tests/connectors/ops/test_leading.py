"""The leading gap of a target: what blocks goes before what warns, whatever the order of the gates."""

from __future__ import annotations

from connectors.ops.leading import LeadingGap, leading_gaps
from connectors.ops.profiles import StoredProfile
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from scoring.vocabulary import BLOCK, HOLD, SPATIAL, WARNING
from tests.connectors.ops.frames import candidate, discovery, gap, gaps, ranking, scored, snapshot, targets
from tests.connectors.ops.ranked import id_of, written


def test_that_what_blocks_leads_before_what_holds_or_warns(database: Postgres, profile: StoredProfile) -> None:
    found = [candidate(f"W-{number}", 1, 2000.0) for number in range(1, 6)]
    missing = gaps(
        # The gate that comes first only warns; of the two that block alike, the earlier gate leads.
        gap(found[0], "G1.UNIT_ALIAS", severity="info", promotion_action=WARNING),
        gap(found[0], "G3.DEPLETION", severity="major", promotion_action=BLOCK),
        gap(found[0], "G3.COMPLETION", severity="major", promotion_action=BLOCK),
        # The critical one leads, though its gate comes later.
        gap(found[1], "G1.CURVES", severity="major", promotion_action=BLOCK),
        gap(found[1], "G2.CRS_CONFLICT", severity="critical", promotion_action=BLOCK),
        # One that holds goes before one that only keeps it off the map, and both before an input.
        gap(found[2], "G2.CRS", severity="major", promotion_action=SPATIAL),
        gap(found[2], "G3.EVIDENCE", severity="minor", promotion_action=HOLD),
        gap(found[3], "INPUT.SW", severity="minor", promotion_action=WARNING),
        gap(found[3], "G2.AZIMUTH_REFERENCE", severity="minor", promotion_action=WARNING),
    )
    rows = [scored(one, letter) for one, letter in zip(found, "CQBBA", strict=True)]
    made = ranking(profile.scoring_profile_id, targets(*rows), missing, profile_sha256=profile.sha256)
    run = write_ranking(database, snapshot("a", "kern"), discovery(found), made)
    by_well = dict(zip(run.targets["well_id"], run.targets["reopening_target_id"], strict=True))
    with database.connect() as connection:
        leading = {
            str(target_id): one
            for target_id, one in leading_gaps(connection, [id_of(run, number) for number in range(1, 6)]).items()
        }
    assert {well: leading.get(str(target_id)) for well, target_id in by_well.items()} == {
        "W-1": LeadingGap("G3.COMPLETION", BLOCK),
        "W-2": LeadingGap("G2.CRS_CONFLICT", BLOCK),
        "W-3": LeadingGap("G3.EVIDENCE", HOLD),
        "W-4": LeadingGap("G2.AZIMUTH_REFERENCE", WARNING),
        "W-5": None,
    }


def test_that_no_targets_have_no_gaps(database: Postgres, profile: StoredProfile) -> None:
    run = written(database, profile)
    with database.connect() as connection:
        assert leading_gaps(connection, []) == {}
        # What a later ranking has closed still leads in the one that found it.
        written(database, profile, content="b", classes="AAAAAAAAAA")
        assert leading_gaps(connection, [id_of(run, 6)])[id_of(run, 6)].code == "G3.DEPLETION"
