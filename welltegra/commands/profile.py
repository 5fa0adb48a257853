"""welltegra profile: scoring profiles, by which targets are scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from welltegra.options import FILE

if TYPE_CHECKING:
    from uuid import UUID

    from connectors.postgres.config import Postgres
    from welltegra.errors import ProfileOutdated
    from welltegra.invocation import Invocation
    from welltegra.reopening.profiles import NamedProfile, StoredFaults


def _text(_context: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not (value.strip() and value.isprintable()):
        raise click.BadParameter(f"must be a line of text; was {value!r}.", param=param)
    return value


def _id(_context: click.Context, param: click.Parameter, value: str) -> UUID:
    from uuid import UUID

    try:
        return UUID(value)
    except ValueError:
        must = f"must be the id of a version, as welltegra profile list shows it; was {value!r}."
        raise click.BadParameter(must, param=param) from None


_DSN = click.option(
    "--dsn", metavar="DSN", help="Database; default: postgres.dsn where it is set, else one of our own."
)
_PROJECT = click.option("--project", metavar="ID", callback=_text, help="Its own profiles go before canonical ones.")
_REASON = click.option("--reason", required=True, metavar="TEXT", callback=_text, help="Why: it is kept with it.")


@click.group()
def profile() -> None:
    """Scoring profiles: show, check, propose and activate them.

    A profile holds every weight, curve, gate, threshold and wording of a ranking. A version never changes once it is
    stored; of each key one is active in a project, or, as the canonical one, in every project that has none of its own.
    Where a PROFILE is asked for: a key, the id of a version, or a file.
    """


@profile.command("list")
@_PROJECT
@_DSN
@click.pass_obj
def list_(invocation: Invocation, project: str | None, dsn: str | None) -> None:
    """List the versions there are, newest first; of a project, its own before the canonical ones."""
    from connectors.ops.profiles import profiles
    from welltegra.reopening.profile_screen import show_versions

    with _database(invocation, dsn) as postgres:
        found = profiles(postgres, project)
    show_versions(found)


@profile.command("show")
@click.argument("named", metavar="PROFILE")
@click.option("--json", "as_json", is_flag=True, help="Print its content as JSON, to start another one from.")
@click.option("--plot", type=FILE, metavar="FILE", help="Draw its utility curves: .svg, .png or .pdf; print no tables.")
@_PROJECT
@_DSN
@click.pass_obj
def show(
    invocation: Invocation, named: str, as_json: bool, plot: Path | None, project: str | None, dsn: str | None
) -> None:
    """Show what a profile says: weights, inputs with their curves, gates, classes, labels and actions.

    A stored one that does not hold by the checks of today is printed by --json all the same; the exit code is then 1.
    """
    from welltegra.reopening.profile_screen import show_profile
    from welltegra.reopening.profiles import StoredFaults, laid_out

    try:
        with _source(invocation, dsn, named) as postgres:
            found = _find(named, postgres, project)
    except StoredFaults as error:
        if not as_json or plot is not None:
            raise
        click.echo(laid_out(error.content))
        raise _outdated(error) from error
    if plot is not None:
        _draw(plot, found)
        click.echo(f"{plot}: the utilities of {found.document.profile.profile_key}.", err=as_json)
    if as_json:
        click.echo(laid_out(found.document.raw))
    elif plot is None:
        show_profile(found)


@profile.command("validate")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
def validate(files: tuple[Path, ...]) -> None:
    """Check profiles in files.

    Every fault of every file is told at once, with its line, its JSON path and what to do; the exit code is then 2.
    """
    from connectors.errors import Fault, FileFaults
    from welltegra.reopening.profiles import read_profile

    faults: list[Fault] = []
    for path in files:
        try:
            found = read_profile(path)
        except FileFaults as error:
            faults += error.faults
        else:
            click.echo(f"{path}: {found.profile.profile_key}, sha256 {found.sha256}; no faults.")
    if faults:
        raise FileFaults(faults)


@profile.command("propose")
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--project", metavar="ID", callback=_text, help="Whose it is; default: canonical, of every project.")
@click.option("--author", required=True, metavar="NAME", callback=_text, help="Who made it.")
@_REASON
@_DSN
@click.pass_obj
def propose(invocation: Invocation, file: Path, project: str | None, author: str, reason: str, dsn: str | None) -> None:
    """Store the profile in FILE as a new version. It ranks nothing until it is activated."""
    from connectors.ops import profiles
    from welltegra.reopening.profile_screen import said
    from welltegra.reopening.profiles import read_profile

    document = read_profile(file)
    with _database(invocation, dsn) as postgres:
        before = {one.scoring_profile_id for one in profiles.profiles(postgres, project)}
        stored = profiles.propose(postgres, document.raw, project, author, reason)
    if stored.scoring_profile_id in before:
        active = ", and is active" if stored.is_active else ""
        click.echo(f"{said(stored)} was stored already, by {stored.author}{active}; nothing was added.")
    else:
        click.echo(f"{said(stored)} is stored.")
    if not stored.is_active:
        click.echo(f"To rank by it: welltegra profile activate {stored.scoring_profile_id} --reason ... --actor ...")


@profile.command("activate")
@click.argument("profile_id", metavar="ID", callback=_id)
@click.option("--actor", required=True, metavar="NAME", callback=_text, help="Who decides it.")
@_REASON
@_DSN
@click.pass_obj
def activate(invocation: Invocation, profile_id: UUID, actor: str, reason: str, dsn: str | None) -> None:
    """Let a stored version be the one that its project ranks by, from the next run on."""
    from connectors.ops import profiles
    from welltegra.reopening.profile_screen import said

    with _database(invocation, dsn) as postgres:
        wanted = profiles.profile(postgres, profile_id)
        others = profiles.profiles(postgres, wanted.project_id, wanted.profile_key)
        before = [one for one in others if one.is_active and one.project_id == wanted.project_id]
        stored = profiles.activate(postgres, profile_id, actor, reason)
    if wanted.is_active:
        click.echo(f"{said(stored)} was active already; nothing was changed.")
    else:
        last = f"in place of {before[0].scoring_profile_id}" if before else "the first of its key"
        click.echo(f"{said(stored)} is active, {last}.")


@profile.command("diff")
@click.argument("before", metavar="PROFILE")
@click.argument("after", metavar="PROFILE")
@_PROJECT
@_DSN
@click.pass_obj
def diff(invocation: Invocation, before: str, after: str, project: str | None, dsn: str | None) -> None:
    """Show each value in which two profiles differ, by its JSON path."""
    from welltegra.describe.wording import counted
    from welltegra.reopening.profiles import compared

    with _source(invocation, dsn, before, after) as postgres:
        (one, was_of), (other, is_of) = (_content(named, postgres, project) for named in (before, after))
    found = list(compared(was_of, is_of))
    for path, was, now in found:
        click.echo(f"{path}\n  - {was}\n  + {now}")
    count = counted(len(found), "difference") if found else "No difference"
    click.echo(f"{count} between {one} and {other}.")


@profile.command("history")
@click.argument("key", metavar="KEY")
@click.option("--project", metavar="ID", callback=_text, help="Whose; default: that of the canonical one.")
@_DSN
@click.pass_obj
def history(invocation: Invocation, key: str, project: str | None, dsn: str | None) -> None:
    """Show who proposed and activated which version of a key, when and why."""
    from connectors.ops.errors import ProfileMissing
    from connectors.ops.profiles import history as done
    from welltegra.reopening.profile_screen import show_history

    with _database(invocation, dsn) as postgres:
        found = done(postgres, project, key)
        if not found:
            whose = "canonical" if project is None else f"of project {project!r}"
            raise ProfileMissing(postgres.where, f"{key!r}, {whose}")
    show_history(found)


@contextmanager
def _database(invocation: Invocation, dsn: str | None) -> Iterator[Postgres]:
    from welltegra.reopening.asking import connected

    with connected(invocation.settings(), dsn) as postgres:
        yield postgres


@contextmanager
def _source(invocation: Invocation, dsn: str | None, *named: str) -> Iterator[Postgres | None]:
    """Yield the database; None where only files are named."""
    from welltegra.reopening.profiles import is_file

    if all(map(is_file, named)):
        yield None
        return
    with _database(invocation, dsn) as postgres:
        yield postgres


def _find(named: str, postgres: Postgres | None, project: str | None) -> NamedProfile:
    from welltegra.reopening.profiles import find

    return find(named, postgres, project)


def _content(named: str, postgres: Postgres | None, project: str | None) -> tuple[str, Mapping[str, Any]]:
    """Return what to call a profile and what it says; of a stored one also where that does not hold any more."""
    from welltegra.reopening.profiles import StoredFaults

    try:
        found = _find(named, postgres, project)
    except StoredFaults as error:
        return error.where, error.content
    return found.where, found.document.raw


def _outdated(error: StoredFaults) -> ProfileOutdated:
    from welltegra.describe.many import first_of
    from welltegra.errors import ProfileOutdated

    shown, rest = first_of(error.faults)
    what = f"{error.where}: must hold by the checks of today, to rank by it; does not. Propose a corrected version."
    return ProfileOutdated("\n".join([*map(str, shown), *([rest] if rest else []), what]))


def _draw(plot: Path, found: NamedProfile) -> None:
    from connectors.errors import Fault, FileFaults
    from welltegra.outputs import reserved
    from welltegra.reopening.contracts import write_whole
    from welltegra.reopening.profile_plot import KINDS, draw

    kind = plot.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        must = f"a picture must be {', '.join(f'.{known}' for known in KINDS)}"
        raise FileFaults([Fault(str(plot), None, must, repr(plot.suffix), "Name it so.")])
    with reserved([plot]):
        write_whole(plot, partial(draw, kind=kind, document=found.document))
