from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, SecretStr, StringConstraints, ValidationError

from connectors.errors import Fault, FileFaults
from connectors.toml_text import dotted, written
from tests.test_layers import REPO
from welltegra.settings.keys import example, keys, meaning, variable
from welltegra.settings.masking import MASK
from welltegra.settings.model import Section, Settings, load_settings
from welltegra.settings.sources import MOST_BYTES, Loaded, load

Faults = Callable[..., list[Fault]]
Said = Callable[..., list[str]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Return what writes the welltegra.toml of the folder that the tests load from."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "welltegra.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    def faults(
        environ: Mapping[str, str] | None = None, path: Path | None = None, model: type[BaseModel] = Settings
    ) -> list[Fault]:
        with pytest.raises(FileFaults) as raised:
            load(model, path, environ or {}, tmp_path)
        assert raised.value.__cause__ is None
        assert raised.value.__context__ is None  # pydantic's own error shows what it was given
        return list(raised.value.faults)

    return faults


@pytest.fixture
def said(faults: Faults) -> Said:
    def said(*arguments: Any, **named: Any) -> list[str]:
        return [str(fault) for fault in faults(*arguments, **named)]

    return said


# What holds.


def test_that_the_defaults_hold_where_nothing_is_set(tmp_path: Path) -> None:
    assert load_settings(None, {}, tmp_path) == Settings()


def test_that_the_file_wins_over_the_default_and_a_variable_over_the_file(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    write("[replay]\nbatch = 1\nmax_faults_shown = 2\n")
    loaded = load(Settings, None, {"WELLTEGRA_REPLAY__BATCH": "3", "WELLTEGRA_DAY__FOLDER": "day"}, tmp_path)
    assert (loaded.settings.replay.batch, loaded.settings.replay.max_faults_shown) == (3, 2)
    assert loaded.settings.day.folder == Path("day")
    assert loaded.settings.log.level == "warning"
    assert set(loaded.origins) == {key for key, _ in keys(Settings)}
    assert {key: origin for key, origin in loaded.origins.items() if origin != "default"} == {
        ("replay", "batch"): "WELLTEGRA_REPLAY__BATCH",
        ("replay", "max_faults_shown"): "welltegra.toml",
        ("day", "folder"): "WELLTEGRA_DAY__FOLDER",
    }


def test_that_a_value_equal_to_its_default_still_comes_from_where_it_was_written(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    write("[day]\nseed = 7\n")
    assert load(Settings, None, {}, tmp_path).origins["day", "seed"] == "welltegra.toml"


def test_that_the_named_file_is_read_and_no_other(write: Callable[[str], Path], tmp_path: Path) -> None:
    write("[day]\nseed = 1\n")
    (tmp_path / "two.toml").write_text("[day]\nseed = 2\n")
    (tmp_path / "three.toml").write_text("[day]\nseed = 3\n")
    by_variable = {"WELLTEGRA_CONFIG": "two.toml"}
    assert load_settings(None, {}, tmp_path).day.seed == 1
    assert load_settings(None, by_variable, tmp_path).day.seed == 2
    assert load_settings(Path("three.toml"), by_variable, tmp_path).day.seed == 3


def test_that_the_working_directory_and_the_process_variables_are_used_unless_others_are_given(
    write: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("[day]\nseed = 1\nspeed = 2\n")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("WELLTEGRA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WELLTEGRA_DAY__SPEED", "3")
    day = load_settings().day
    assert (day.seed, day.speed) == (1, 3)


def test_that_settings_built_by_hand_read_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELLTEGRA_DAY__SEED", "8")
    assert Settings().day.seed == 7


def test_that_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().day.seed = 8  # type: ignore[misc]


@pytest.mark.parametrize("content", ["", "# nothing\n", "[replay]\n", "\ufeff[day]\r\nseed = 7\r\n"])
def test_that_an_empty_file_a_byte_order_mark_and_windows_line_ends_are_let_through(
    content: str, write: Callable[[str], Path], tmp_path: Path
) -> None:
    write(content)
    assert load_settings(None, {}, tmp_path) == Settings()


def test_that_the_variables_of_our_tests_and_those_of_others_are_let_through(tmp_path: Path) -> None:
    environ = {
        "WELLTEGRA_STRICT": "1",
        "WELLTEGRA_TEST_KAFKA": "apache",
        "WELLTEGRA_TEST_POSTGRES": "postgresql://",
        "WELLTEGRAPH": "x",
        "PATH": "/bin",
        "BATCH": "-1",
        "REPLAY": "x",
    }
    assert load_settings(None, environ, tmp_path) == Settings()


# What is wrong.


def test_that_all_faults_of_file_and_variables_come_at_once_in_the_order_of_lines_and_names(
    write: Callable[[str], Path], said: Said
) -> None:
    write(
        'batch = 5\nlog = "debug"\n\n[replay]\nbatch = 0\nmax_faults_shown = [\n  1,\n]\nbathc = 3\n\n'
        '[day]\nspeed = nan\nseed = true\nfolder = 2024-01-01\npaced_minutes = "15"\n[wells]\n'
    )
    environ = {
        "WELLTEGRA_REPLAY_BATCH": "1",
        "WELLTEGRA_REPLAY__BATCH": "many",
        "WELLTEGRA_LOG__LEVEL": "WARN",
        "WELLTEGRA_DAY__SPEED": "0",
        "WELLTEGRA_DAY__SEED": "",
        "welltegra_day__seed": "1",
        "WELLTEGRA_CONFGI": "x.toml",
        "WELLTEGRA_QUITE_ELSE": "1",
    }
    sections = "replay, day, demo, site, kafka, topics, constraints, postgres, reopening, opcua, web, auth, projects"
    sections += ", metrics, log"
    unknown = "environment: variables that begin with WELLTEGRA_ must be those of a key; was"
    assert said(environ) == [
        (
            f"welltegra.toml line 1: keys outside of a section must be among {sections}; was 'batch'."
            " Did you mean 'replay.batch'?"
        ),
        (
            'welltegra.toml line 2: log must be a table; was "debug".'
            " Write [log] on a line of its own, and its keys below."
        ),
        (
            "welltegra.toml line 5: replay.batch must be a whole number from 1 to 1000000; was 0."
            " Write it like: batch = 10000."
        ),
        (
            "welltegra.toml line 6: replay.max_faults_shown must be a whole number, 0 or more; was [1]."
            " Write it like: max_faults_shown = 20."
        ),
        (
            "welltegra.toml line 9: keys of [replay] must be among batch, max_faults_shown; was 'replay.bathc'."
            " Did you mean 'replay.batch'?"
        ),
        "welltegra.toml line 12: day.speed must be a number above 0; was nan. Write it like: speed = 10.0.",
        "welltegra.toml line 13: day.seed must be a whole number, 0 or more; was true. Write it like: seed = 7.",
        (
            "welltegra.toml line 14: day.folder must be a folder; was 2024-01-01."
            ' Write it like: folder = "welltegra-day".'
        ),
        (
            'welltegra.toml line 15: day.paced_minutes must be a number, 0 or more; was "15".'
            " Write it like: paced_minutes = 15.0."
        ),
        f"welltegra.toml line 16: keys outside of a section must be among {sections}; was 'wells'. Remove it.",
        f"{unknown} 'WELLTEGRA_CONFGI'. Did you mean 'WELLTEGRA_CONFIG'?",
        "environment: WELLTEGRA_DAY__SEED must be a whole number, 0 or more; was ''. Write it like 7, or unset it.",
        "environment: WELLTEGRA_DAY__SPEED must be a number above 0; was '0'. Write it like 10.0, or unset it.",
        (
            "environment: WELLTEGRA_LOG__LEVEL must be one of debug, info, warning, error; was 'WARN'."
            " Did you mean 'warning'?"
        ),
        f"{unknown} 'WELLTEGRA_QUITE_ELSE'. Unset it.",
        f"{unknown} 'WELLTEGRA_REPLAY_BATCH'. Did you mean 'WELLTEGRA_REPLAY__BATCH'?",
        (
            "environment: WELLTEGRA_REPLAY__BATCH must be a whole number from 1 to 1000000; was 'many'."
            " Write it like 10000, or unset it."
        ),
        f"{unknown} 'welltegra_day__seed'. Did you mean 'WELLTEGRA_DAY__SEED'?",
    ]


def test_that_a_value_of_the_file_is_a_fault_even_where_a_variable_hides_it(
    write: Callable[[str], Path], faults: Faults
) -> None:
    write("replay = 3\n[day]\nseed = -1\n")
    found = faults({"WELLTEGRA_DAY__SEED": "1", "WELLTEGRA_REPLAY__BATCH": "5"})
    assert [(fault.line, fault.found) for fault in found] == [(1, "3"), (3, "-1")]


@pytest.mark.parametrize("value", ["true", '"5"', "5.0", "5.5", "[5]", "{a = 5}", "inf", "nan", "05:00:00", "0"])
def test_that_nothing_but_a_whole_number_in_range_is_one(
    value: str, write: Callable[[str], Path], faults: Faults
) -> None:
    write(f"[replay]\nbatch = {value}\n")
    assert [fault.must for fault in faults()] == ["replay.batch must be a whole number from 1 to 1000000"]


@pytest.mark.parametrize("text", ["", "true", "5.5", "1e3", "[5]", "0", "1000001", "nan", "0x10", "\udcff"])
def test_that_a_variable_that_is_no_whole_number_in_range_is_a_fault(text: str, faults: Faults) -> None:
    [fault] = faults({"WELLTEGRA_REPLAY__BATCH": text})
    assert (fault.where, fault.found) == ("environment", repr(text))


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "0", "-1", "fast"])
def test_that_a_speed_must_be_finite_and_above_zero(text: str, faults: Faults) -> None:
    assert len(faults({"WELLTEGRA_DAY__SPEED": text})) == 1


def test_that_bytes_that_are_no_text_are_no_folder(faults: Faults) -> None:
    assert [fault.found for fault in faults({"WELLTEGRA_DAY__FOLDER": os.fsdecode(b"\xff")})] == [r"'\udcff'"]


@pytest.mark.parametrize(
    "section, key", [("opcua", "tags"), ("metrics", "host"), ("demo", "folder"), ("postgres", "dsn")]
)
def test_that_a_text_with_a_nul_is_none(section: str, key: str, write: Callable[[str], Path], faults: Faults) -> None:
    write(f'[{section}]\n{key} = "a\\u0000b"\n')
    [fault] = faults()
    assert (fault.line, fault.must.split()[0]) == (2, f"{section}.{key}")
    assert "\0" not in str(fault)


@pytest.mark.parametrize("name", ["WELLTEGRA_REPLAY", "WELLTEGRA_REPLAY__BATCH__X", "WELLTEGRA_"])
def test_that_only_a_key_has_a_variable(name: str, faults: Faults) -> None:
    assert [fault.found for fault in faults({name: "{}"})] == [repr(name)]


def test_that_a_long_value_is_cut(write: Callable[[str], Path], faults: Faults) -> None:
    write(f'[log]\nlevel = "{"x" * 1000}"\n')
    assert [len(fault.found) for fault in faults({"WELLTEGRA_DAY__SEED": "y" * 1000})] == [83, 83]


# A file that cannot be read. The variables are judged all the same.

SEED = {"WELLTEGRA_DAY__SEED": "x"}
SEED_SAID = "environment: WELLTEGRA_DAY__SEED must be a whole number, 0 or more; was 'x'. Write it like 7, or unset it."
TOML_SAID = "Look at this line and the one above: text without quotes, a bracket not closed, a key given twice?"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            "[day]\nseed = seven\n",
            " line 2: the configuration file must be TOML; was not: invalid value. " + TOML_SAID,
        ),
        (
            "[day]\nfolder = [\n1\n",
            " line 3: the configuration file must be TOML; was not: unclosed array. " + TOML_SAID,
        ),
        (
            "[day]\nseed = 1\nseed = 2\n",
            " line 3: the configuration file must be TOML; was not: cannot overwrite a value. " + TOML_SAID,
        ),
        (
            b"[day]\nfolder = '\xe9t\xe9'\n",
            " line 2: the configuration file must be UTF-8 text; was the byte 0xE9. Save it again as UTF-8.",
        ),
        (
            "#" * (MOST_BYTES + 1),
            (
                ": the configuration file must have no more than 64000 bytes; was larger."
                " Is this a configuration file? Rules and samples are in files of their own."
            ),
        ),
    ],
)
def test_that_a_file_that_cannot_be_understood_is_a_fault_with_its_line(
    content: str | bytes, fault: str, write: Callable[[str | bytes], Path], said: Said
) -> None:
    write(content)
    assert said(SEED) == ["welltegra.toml" + fault, SEED_SAID]


@pytest.mark.parametrize("content", ["x = " + "[" * 20_000, "x = " + "9" * 20_000], ids=["nested", "number"])
def test_that_what_breaks_the_toml_reader_is_a_fault(content: str, write: Callable[[str], Path], said: Said) -> None:
    write(content)
    first, second = said(SEED)
    assert first.startswith("welltegra.toml: the configuration file must be TOML; was not: ")
    assert second == SEED_SAID


def test_that_a_named_file_must_be_there(said: Said) -> None:
    must = "the configuration file must be readable; was not there. Is the path in"
    assert said(path=Path("no.toml")) == [f"no.toml: {must} --config no.toml right?"]
    assert said({"WELLTEGRA_CONFIG": "no.toml"}) == [f"no.toml: {must} WELLTEGRA_CONFIG=no.toml right?"]


def test_that_a_folder_is_no_file(said: Said, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    said_of_it = "etc: the configuration file must be readable; was a folder. Name the file in it, as in"
    assert said(path=Path("etc")) == [f"{said_of_it} --config etc/welltegra.toml."]
    assert said({"WELLTEGRA_CONFIG": "etc"}) == [f"{said_of_it} WELLTEGRA_CONFIG=etc/welltegra.toml."]


def test_that_a_closed_file_is_a_fault_also_where_nobody_named_it(
    write: Callable[[str], Path], said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opens = write(""), Path.open

    def refuse(self: Path, *arguments: Any, **named: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opens(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", refuse)  # root may read what its permissions close
    assert said(SEED) == [
        (
            "welltegra.toml: the configuration file must be readable; was Permission denied."
            " Change its permissions, or copy it to where they allow reading."
        ),
        SEED_SAID,
    ]


# Other models: later sections will have secrets, lists and keys without a default.


class Sign(Section):
    user: Annotated[str, StringConstraints(max_length=3)] = Field(default="rig", description="3 letters at most: who")
    password: Annotated[SecretStr, StringConstraints(max_length=9)] = Field(
        default=SecretStr("hunter2-default"), description="9 characters at most: its word"
    )


class Broker(Section):
    hosts: list[str] = Field(description="a list of names: where it is", examples=[["a:9092", "b:9092"]])
    sign: Sign = Sign()
    tokens: list[SecretStr] = Field(default=[], description="a list of words: any of them opens")
    doors: dict[str, Sign] = Field(default={}, description="a table of doors: how each is opened")
    more: Sign | None = Field(default=None, description="a table: more")


class Plant(Section):
    broker: Broker


def load_plant(environ: Mapping[str, str], tmp_path: Path) -> Loaded[Plant]:
    return load(Plant, None, environ, tmp_path)


def test_that_a_missing_key_is_a_fault_at_its_section_and_either_source_may_give_it(
    write: Callable[[str], Path], said: Said, tmp_path: Path
) -> None:
    must = "broker.hosts must be given, a list of names; was absent."
    remedy = "Write it in welltegra.toml, or set WELLTEGRA_BROKER__HOSTS."
    write('\n[broker]\ntokens = ["a"]\n')
    assert said(model=Plant) == [f"welltegra.toml line 2: {must} {remedy}"]
    (tmp_path / "welltegra.toml").unlink()
    assert said(model=Plant) == [f"welltegra.toml: {must} {remedy}"]
    environ = {"WELLTEGRA_BROKER__HOSTS": '["c"]'}
    assert load_plant(environ, tmp_path).settings.broker.hosts == ["c"]


def test_that_a_key_is_not_called_missing_where_the_file_could_not_be_read(
    write: Callable[[str], Path], faults: Faults
) -> None:
    write("[broker\n")
    assert len(faults(model=Plant)) == 1


def test_that_a_list_in_a_variable_is_json(faults: Faults) -> None:
    [fault] = faults({"WELLTEGRA_BROKER__HOSTS": "a,b"}, model=Plant)
    assert str(fault) == (
        "environment: WELLTEGRA_BROKER__HOSTS must be a list of names; was 'a,b'."
        ' Write it like ["a:9092", "b:9092"], or unset it.'
    )


def test_that_an_optional_section_has_keys_and_variables(tmp_path: Path) -> None:
    environ = {"WELLTEGRA_BROKER__HOSTS": "[]", "WELLTEGRA_BROKER__MORE__USER": "me"}
    loaded = load_plant(environ, tmp_path)
    assert loaded.settings.broker.more is not None
    assert loaded.settings.broker.more.user == "me"
    assert loaded.origins["broker", "more", "user"] == "WELLTEGRA_BROKER__MORE__USER"


SECRET = "hunter2-is-a-secret"


@pytest.mark.parametrize(
    "content",
    [
        f"[broker]\nhosts = []\n[broker.sign]\npassword = '{SECRET}'\n",
        f"[broker]\nhosts = []\n[broker.sign]\npassword = ['{SECRET}']\n",
        f"[broker]\nhosts = []\nsign = '{SECRET}'\n",
        f"[broker]\nhosts = []\nmore = '{SECRET}'\n",
        f"[broker]\nhosts = []\ntokens = '{SECRET}'\n",
        f"[broker]\nhosts = []\ntokens = [['{SECRET}']]\n",
        f"[broker]\nhosts = []\n[broker.doors.a]\npassword = '{SECRET}'\n",
        f"[broker]\nhosts = []\n[broker.doors]\na = '{SECRET}'\n",
        f"broker = '{SECRET}'\n",
    ],
)
def test_that_no_fault_of_a_file_shows_a_secret(content: str, write: Callable[[str], Path], faults: Faults) -> None:
    write(content)
    found = faults(model=Plant)
    assert MASK in {fault.found for fault in found}
    assert "hunter2" not in "\n".join(map(repr, found))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WELLTEGRA_BROKER__SIGN__PASSWORD", SECRET),
        ("WELLTEGRA_BROKER__TOKENS", SECRET),
        ("WELLTEGRA_BROKER__TOKENS", f'[["{SECRET}"]]'),
        ("WELLTEGRA_BROKER__DOORS", f'{{"a": "{SECRET}"}}'),
        ("WELLTEGRA_BROKER__DOORS", f'{{"a": {{"password": "{SECRET}"}}}}'),
    ],
)
def test_that_no_fault_of_a_variable_shows_a_secret(name: str, text: str, faults: Faults) -> None:
    [fault] = faults({name: text, "WELLTEGRA_BROKER__HOSTS": "[]"}, model=Plant)
    assert fault.found == MASK
    assert "hunter2" not in repr(fault)


def test_that_an_unknown_key_and_variable_do_not_show_their_values(write: Callable[[str], Path], said: Said) -> None:
    write(f"pasword = '{SECRET}'\n[broker]\nhosts = []\n[broker.sign]\npasword = '{SECRET}'\n")
    faults = said({"WELLTEGRA_BROKER__SIGN__PASWORD": SECRET}, model=Plant)
    assert "hunter2" not in "\n".join(faults)
    assert [fault.partition("Did you mean ")[2].partition("'?")[0].partition("' or ")[0] for fault in faults] == [
        "",
        "'broker.sign.password",
        "'WELLTEGRA_BROKER__SIGN__PASSWORD",
    ]


def test_that_an_unknown_key_in_a_table_of_models_is_a_fault(write: Callable[[str], Path], said: Said) -> None:
    write("[broker]\nhosts = []\n[broker.doors.a]\nusr = 'x'\n")
    assert said(model=Plant) == [
        "welltegra.toml line 4: broker.doors.a must have no keys but its own; was 'broker.doors.a.usr'. Remove it."
    ]


# The page.


def test_that_the_page_lists_every_key_as_the_model_has_it() -> None:
    page = (REPO / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = [re.split(r" *\| *", line.strip("| ")) for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        [f"`{dotted(key)}`", f"`{variable(key)}`", f"`{written(example(info))}`", *meaning(info)]
        for key, info in keys(Settings)
    ]


def test_that_every_key_says_what_it_must_be_and_means_and_shows_how_to_write_it() -> None:
    assert [key for key, info in keys(Settings) if not all(meaning(info)) or example(info) is None] == []


def test_that_the_faults_of_the_page_are_those_that_come(write: Callable[[str], Path], said: Said) -> None:
    page = (REPO / "docs" / "configuration.md").read_text(encoding="utf-8")
    write("[replay]\nbathc = 1\n\n[day]\nseed = true\n")
    faults = said({"WELLTEGRA_REPLAY_BATCH": "1", "WELLTEGRA_LOG__LEVEL": "WARN"})
    assert sorted(page.partition("```text\n")[2].partition("```")[0].splitlines()) == sorted(faults)
