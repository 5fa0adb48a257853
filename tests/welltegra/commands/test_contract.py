"""`welltegra contract check` says what is wrong with a document, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connectors.errors import FileFaults
from tests.schemas.test_contract_check import EXAMPLES, SOURCE
from welltegra.commands.contract import contract


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(contract, ["check", *map(str, arguments)])


def test_that_documents_without_fault_are_said_to_be_so() -> None:
    paths = [EXAMPLES / "reopening-target-ranked.json", EXAMPLES / "bypassed-pay-ranked.json"]
    result = run(*paths)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        f"{paths[0]}: welllog.reopening_target_ranked, 1 candidate; no faults.",
        f"{paths[1]}: welllog.bypassed_pay_ranked, 1 candidate; no faults.",
    ]


def test_that_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    broken, absent = tmp_path / "broken.json", tmp_path / "absent.json"
    broken.write_text("{")
    result = run(SOURCE, broken, absent, EXAMPLES / "bypassed-pay-ranked.json")
    assert "no faults" in result.output
    assert isinstance(result.exception, FileFaults)
    told = str(result.exception).splitlines()
    assert len(told) == 9
    assert told[0] == (f'{SOURCE} $.candidates[0].target_id: must be a UUID; was "9a7e...". Write the whole id.')
    assert told[7].startswith(f"{broken} $: must be JSON")
    assert told[8] == (
        f"{absent}: must be a file that can be read; was No such file or directory. Is the path right, and may you"
        " read it?"
    )


@pytest.mark.parametrize("arguments", [[], ["--nope"]])
def test_that_a_wrong_call_is_a_mistake(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2
