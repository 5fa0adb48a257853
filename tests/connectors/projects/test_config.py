"""project.toml: what it may say, and every fault of it at once, with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from connectors.projects import read_project
from connectors.projects.parse import parse_config
from scoring.project import Zone
from tests.connectors.projects.helpers import DATA, TOML, faults, read, told

LOG = (DATA / "las" / "plain.las").read_bytes()


def test_that_the_smallest_project_is_its_name_its_now_and_its_wells(tmp_path: Path) -> None:
    project = read(tmp_path, {})
    assert (project.project_id, project.as_of, project.profile) == ("p", date(2016, 12, 1), "earthbond_reopen_v1")
    assert (project.crs, project.zones, project.logs) == (None, (), ())
    assert [source.path for source in project.sources] == ["wells.csv"]


# What follows the first lines of project.toml; the faults.
FAULTS: dict[str, tuple[str, list[str]]] = {
    "no TOML": ("zones = [", ["project.toml: a project file must be TOML"]),
    "an unknown key": (
        "zonez = []\n",
        [
            (
                "project.toml line 3: keys at the top must be among project_id, as_of, profile, crs, zones, tables,"
                " surveys, logs, parameters; was 'zonez'. Did you mean 'zones'?"
            )
        ],
    ),
    "unknown keys further in": (
        "[[logs]]\nfile = 'a.las'\nwell = 'A-1'\n\n[tables.tops]\nfile = 'tops.csv'\ncollumns = {}\n",
        [
            (
                "project.toml line 5: keys of logs no. 1 must be among file, well_id, filename_well_id, curves, units,"
                " exclude, null_values, encoding, interpretation_id; was 'well'."
            ),
            "project.toml line 9: keys of tables.tops must be among",
        ],
    ),
    "an unknown table": (
        "[tables.prodution]\nfile = 'p.csv'\n",
        ["project.toml line 3: tables must be among wells, reservoirs,", "Did you mean 'production'?"],
    ),
    "an unknown column": (
        "[tables.tops]\nfile = 'tops.csv'\ncolumns = {surface = 'S', md = 'MD'}\n",
        ["project.toml line 5: columns of tables.tops must be among well_id, surface, md_m; was 'md'. Did you mean"],
    ),
    "values of other kinds": (
        (
            "crs = 23031\nzones = 'Hugin'\n[[logs]]\nfile = 7\nexclude = {curve = 'X', equals = 'one'}\n[tables.tops]\n"
            "file = 'a.csv'\nskip_rows = -1\nkind = 'rates'\n"
        ),
        [
            "project.toml line 3: crs must be where x and y are, such as 'EPSG:23031'; was 23031.",
            'project.toml line 4: zones must be a list of names or of {name, top, base}; was "Hugin".',
            "project.toml line 6: logs no. 1.file must be a path from this folder, or a list of them;",
            'project.toml line 7: logs no. 1.exclude.equals must be a number; was "one".',
            "project.toml line 10: tables.tops.skip_rows must be how many lines stand before the header; was -1.",
            "project.toml line 11: tables.tops.kind must be 'rate' (per calendar day) or 'volume' (of the period);",
        ],
    ),
    "keys that are not given": (
        "[[logs]]\nwell_id = 'A-1'\n",
        ["project.toml line 3: logs no. 1.file must be given, a path from this folder"],
    ),
    "a pattern without a group": (
        "[[logs]]\nfile = 'plain.las'\nfilename_well_id = 'A-1'\n",
        ["project.toml line 5: logs no. 1.filename_well_id must be a regular expression with one group"],
    ),
    "a map that is none": (
        "crs = 'EPSG:4326'\n",
        ["project.toml line 3: crs must be a map with eastings and northings in metres; was 'EPSG:4326', WGS 84."],
    ),
    "a well that is none": (
        "[[logs]]\nfile = 'plain.las'\nwell_id = 'A-11'\n\n[[surveys]]\nfile = 'plain.las'\nwell_id = 'B'\n",
        [
            "project.toml line 5: well_id must be of a well of the table 'wells'; was 'A-11'.",
            "project.toml line 9: well_id must be of a well of the table 'wells'; was 'B'.",
        ],
    ),
    "a log that is none": (
        "[[logs]]\nfile = ['plain.las', 'gone.las']\nwell_id = 'A-1'\n[[logs]]\nfile = 'wells.csv'\n",
        [
            "project.toml line 4: logs.0.file must be a file that is there; was 'gone.las'.",
            "project.toml line 7: logs no. 2 must be .las, .las.gz or .dlis; was 'wells.csv'.",
        ],
    ),
    "a pattern that is none": (
        "[[logs]]\nfile = ['logs/**x*.las', 'gone.las']\n",
        [
            "project.toml line 4: logs.0.file must be a path or a pattern; was 'logs/**x*.las', ",
            "project.toml line 4: logs.0.file must be a file that is there; was 'gone.las'.",
        ],
    ),
    "a curve that is none of ours": (
        "[[logs]]\nfile = 'plain.las'\nwell_id = 'A-1'\ncurves = {gamma = 'GR'}\nunits = {depth = 'm'}\n",
        [
            "project.toml line 6: curves of logs must be of gr, rhob,",
            "project.toml line 7: units of logs must be of md,",
        ],
    ),
    "a zone twice, and a base alone": (
        "zones = ['H', {name = 'H'}, {name = 'S', base = 'b'}]\n",
        ["line 3: each zone must have a name of its own", "line 3: zone 'S' must have a top where it has a base"],
    ),
    "parameters of no zone": (
        "zones = ['Hugin Fm.']\n[parameters.'Hugin Fm']\ngr_clean = 9\n",
        ["project.toml line 4: parameters must be of zones, Hugin Fm.; was 'Hugin Fm'. Did you mean 'Hugin Fm.'?"],
    ),
    "parameters that are wrong": (
        (
            "zones = ['H']\n[parameters.H]\ngr_clean = 9\ngr_shale = 'high'\nklogh = '10 ** (8 * phif'\n"
            "[parameters.H.A-1]\ngr_clean = -1\n"
        ),
        [
            "project.toml line 6: parameters.H.gr_shale: ",
            " character 16 of the text, line 7: parameters.H.klogh: ",
            "project.toml line 9: parameters.H.A-1.gr_clean: ",
        ],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_that_every_fault_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    toml, sentences = FAULTS[name]
    found = faults(tmp_path, {"plain.las": LOG, "tops.csv": "well_id,surface,md_m\n"}, TOML + toml)
    for sentence in sentences:
        assert any(sentence in fault for fault in found), found
    if "Did you mean" not in sentences[-1] or len(sentences) == 1:
        assert len(found) == len(sentences), found


def test_that_what_must_be_given_is_told_where_nothing_is() -> None:
    with pytest.raises(FileFaults) as caught:
        parse_config("", "project.toml")
    assert [str(fault).partition(" Write")[0] for fault in caught.value.faults] == [
        "project.toml: project_id must be given, a name for this project; was absent.",
        "project.toml: as_of must be given, a date, the ranking's now, such as 2016-12-01; was absent.",
    ]


def test_that_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match=r"a project must be a folder with a project\.toml; was none"):
        read_project(tmp_path / "nowhere")


def test_that_a_project_without_wells_is_told(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(TOML)
    with pytest.raises(FileFaults, match="a project must have the table 'wells'; was absent"):
        read_project(tmp_path)


def test_that_zones_are_names_or_pairs_of_picks(tmp_path: Path) -> None:
    project = read(tmp_path, {}, TOML + "zones = ['A', {name = 'B', top = 'B Top', base = 'B Base'}]\n")
    assert project.zones == (Zone("A"), Zone("B", "B Top", "B Base"))


def test_that_parameters_of_a_well_replace_those_of_its_zone_key_by_key(tmp_path: Path) -> None:
    toml = (
        TOML + "zones = ['H']\n[parameters.H]\ngr_clean = 9\ngr_shale = 135\n[parameters.H.'NO a-1']\ngr_clean = 20\n"
    )
    project = read(tmp_path, {}, toml)
    assert (project.parameters["H"].gr_clean, project.parameters["H"].gr_shale) == (9, 135)
    own = project.well_parameters["H", "A-1"]
    assert (own.gr_clean, own.gr_shale) == (20, 135)


def test_that_logs_of_many_wells_are_found_by_pattern_and_by_header(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "logs/B-2.las": LOG,
        "well.las": (DATA / "las" / "well_in_header.las").read_bytes(),
        "stranger.las": LOG.replace(b"A-1", b"Z-9"),
    }
    by_name = "[[logs]]\nfile = 'logs/*.las'\nfilename_well_id = '^(.*)\\.las'\n"
    toml = f"{TOML}{by_name}[[logs]]\nfile = ['well.las', 'stranger.las']\n"
    project = read(tmp_path, files, toml, "well_id\nA-1\nB-2\n")
    assert [(log.well_id, log.path) for log in project.logs] == [("B-2", "logs/B-2.las"), ("A-1", "well.las")]
    [sentence] = told(project)
    assert "stranger.las: a log must be of a well of the table 'wells', or an alias of one; was 'Z-9'" in sentence


def test_that_sources_are_numbered_as_they_are_read_and_known_by_their_bytes(tmp_path: Path) -> None:
    toml = TOML + "[[logs]]\nfile = 'plain.las'\nwell_id = 'A-1'\n"
    project = read(tmp_path, {"plain.las": LOG}, toml)
    assert [(source.source_id, source.kind, source.path, source.well_id) for source in project.sources] == [
        ("S1", "wells", "wells.csv", None),
        ("S2", "log", "plain.las", "A-1"),
    ]
    assert project.logs[0].source_id == "S2"
    again = read(tmp_path, {"plain.las": LOG + b"\n"}, toml)
    assert project.sources[0].sha256 == again.sources[0].sha256
    assert project.sources[1].sha256 != again.sources[1].sha256
