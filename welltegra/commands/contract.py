"""welltegra contract: documents of the reopening contracts."""

from __future__ import annotations

from pathlib import Path

import click

from welltegra.options import FILE


@click.group()
def contract() -> None:
    """Documents of reopening: check them."""


@contract.command("check")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
def check(files: tuple[Path, ...]) -> None:
    """Check rankings of reopening targets, and of bypassed pay.

    Beside its shape, what must hold between its values: counts, ranks, totals as weighted sums, net within gross, Sw as
    Archie gives it. Every fault of every file is told at once, with its place and what to do; the exit code is then 2.
    """
    from connectors.errors import Fault, FileFaults
    from schemas.contract_check import check as check_document
    from welltegra.describe.wording import counted

    faults: list[Fault] = []
    passed: list[str] = []
    for path in files:
        try:
            text = path.read_bytes()
        except OSError as error:
            remedy = "Is the path right, and may you read it?"
            faults.append(Fault(str(path), None, "must be a file that can be read", str(error.strerror), remedy))
            continue
        found = check_document(text)
        faults += [Fault(f"{path} {one.path}", None, one.must, one.found, one.remedy) for one in found.faults]
        if not found.faults:
            passed.append(f"{path}: {found.kind}, {counted(found.count, 'candidate')}; no faults.")
    for line in passed:
        click.echo(line)
    if faults:
        raise FileFaults(faults)
