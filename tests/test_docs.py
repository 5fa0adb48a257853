"""What README.md and docs/ name is there: paths, commands, links; what they show can be read, and is what comes out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from connectors.cells import OnFault
from connectors.errors import Fault, FileFaults
from connectors.replay.parse import open_samples
from connectors.rule_files.parse import parse_rules
from connectors.witsml.config import parse_tag_map
from rules import limit, memory
from welltegra.cli import welltegra

REPO = Path(__file__).resolve().parents[1]
PAGES = sorted(
    page.relative_to(REPO).as_posix()
    for page in [REPO / "README.md", REPO / "CONTRIBUTING.md", REPO / "CHANGELOG.md", *(REPO / "docs").rglob("*.md")]
)
ROOMS = {
    *("rules", "scoring", "sql", "schemas", "connectors", "flows", "welltegra"),
    *("benchmarks", "docs", "kafka", "monitoring", "requirements", "scripts", "tests", ".ci"),
}

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"[\w.*-]+(/[\w.*-]*)+")


def text_of(page: str) -> str:
    return (REPO / page).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a page that are marked as `language`."""
    return [body for name, body in _FENCE.findall(text) if name == language]


def spans(text: str) -> list[str]:
    """Return what stands between single backticks."""
    return _CODE.findall(_FENCE.sub("", text))


def section(page: str, heading: str) -> str:
    """Return what stands under a heading of the second level."""
    return text_of(page).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def paths(text: str) -> list[str]:
    """Return the backticked names that begin with a folder of ours."""
    return [span for span in spans(text) if _PATH.fullmatch(span) and span.partition("/")[0] in ROOMS]


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each `welltegra` and `make` command: in backticks, or after the $ of a console."""
    shown = [line for block in blocks(text, "console") for line in block.replace("\\\n", " ").splitlines()]
    for line in [*spans(text), *(line.removeprefix("$ ") for line in shown if line.startswith("$ "))]:
        if re.match(r"(\w+=\S* )*(\S*/)?(welltegra|make) ", line):
            words = shlex.split(line)
            while "=" in words[0]:
                words.pop(0)
            end = words.index("|") if "|" in words else len(words)
            yield [Path(words[0]).name, *words[1:end]]


def command_fault(words: list[str]) -> str | None:
    """Return what is wrong with a `welltegra` command, by its first words and its options."""
    command: click.Command = welltegra
    rest = iter(words[1:])
    for word in rest:
        if word.startswith("-"):
            # As the command line itself makes it: click keeps the help option that it makes first.
            context = click.Context(command, help_option_names=["-h", "--help"])
            options = {name: each for each in command.get_params(context) for name in each.opts}
            if word not in options:
                return f"{command.name} has no {word}"
            option = options[word]
            if isinstance(option, click.Option) and not option.is_flag:
                next(rest, None)
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command, help_option_names=["-h", "--help"]), word)
            if found is None:
                return f"{command.name} has no command {word!r}"
            command = found
    return None


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made from their words."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_that_every_path_named_is_there(page: str) -> None:
    missing = [path for path in paths(text_of(page)) if not list(REPO.glob(path.rstrip("/")))]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_that_every_command_named_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    found = []
    for words in commands(text_of(page)):
        if words[0] == "welltegra":
            found.append(command_fault(words))
        elif words[1] not in targets:
            found.append(f"make has no target {words[1]}")
    assert [fault for fault in found if fault] == []


@pytest.mark.parametrize("page", PAGES)
def test_that_every_relative_link_leads_somewhere(page: str) -> None:
    broken = []
    for link in _LINK.findall(_FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (REPO / page).parent / name if name else REPO / page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_that_a_command_or_a_path_that_is_not_there_is_found() -> None:
    text = "`welltegra rules chek X` and `welltegra replay --fast` and `rules/nothing.py`, not `m/h` or `~/x`\n"
    text += "```console\n$ A=1 .venv/bin/welltegra \\\n    conjure\n```\n"
    assert [command_fault(words) for words in commands(text)] == [
        "rules has no command 'chek'",
        "replay has no --fast",
        "welltegra has no command 'conjure'",
    ]
    assert paths(text) == ["rules/nothing.py"]


RULES = [
    (page, block)
    for page in ("README.md", "docs/rule-files.md")
    if (REPO / page).exists()
    for block in blocks(text_of(page), "yaml")
]


@pytest.mark.parametrize(("page", "block"), RULES, ids=[f"{page}-{at}" for at, (page, _) in enumerate(RULES)])
def test_that_every_rule_file_shown_loads_and_comes_to_the_numbers_shown(
    page: str, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse_rules(block, page)
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(block, "utf-8")
    result = CliRunner().invoke(welltegra, ["rules", "check", "rules.yaml"], catch_exceptions=False)
    (shown,) = [each for each in blocks(text_of(page), "text") if "\n  watches " in each]
    assert shown in result.output


def test_that_the_faulty_rule_file_shown_has_the_faults_shown() -> None:
    faulty, shown = blocks(section("docs/rule-files.md", "Faults"), "text")
    with pytest.raises(FileFaults) as raised:
        parse_rules(faulty, "faulty.yaml")
    assert str(raised.value).splitlines() == shown.splitlines()


def test_that_the_sizes_of_the_kernel_arrays_are_those_shown() -> None:
    rows = re.findall(r"^\| `([A-Z]+)` \| [^|]+ \| (\d+) \|", text_of("docs/architecture.md"), re.MULTILINE)
    assert len(rows) == 6
    sizes = {name: vars(limit if name == "LIMIT" else memory)[name].itemsize for name, _ in rows}
    assert sizes == {name: int(size) for name, size in rows}


def samples_faults(name: str, content: str, folder: Path) -> list[str]:
    """Return the faults of a file of samples."""
    faults: list[Fault] = []
    note: OnFault = faults.append
    path = folder / name
    path.write_text(content, "utf-8")
    rows = sum(batch.num_rows for _, batch in open_samples([path], None, note))
    assert rows > 0
    return [str(fault).removeprefix(f"{folder}/") for fault in faults]


def test_that_the_samples_shown_are_read_without_a_fault(tmp_path: Path) -> None:
    page = text_of("docs/samples.md")
    (table,), (scan,), (tag_map,) = (blocks(page, language) for language in ("csv", "json", "yaml"))
    assert samples_faults("samples.csv", table, tmp_path) == []
    assert samples_faults("scans.ndjson", scan, tmp_path) == []
    assert parse_tag_map(tag_map, "docs/samples.md").tags
