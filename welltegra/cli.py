"""The command line. A user's mistake ends in a sentence, never in a traceback."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, cast

import click

from connectors.errors import ConnectorError, FileFaults, did_you_mean, nearest
from rules.errors import RulesError
from welltegra.describe.many import first_of
from welltegra.errors import WelltegraError

DONE, FAILED, MISTAKE = 0, 1, 2
# As shells count: 128 and the number of the signal.
INTERRUPTED, READER_GONE, TERMINATED = 128 + 2, 128 + 13, 128 + 15


class Command(NamedTuple):
    """Where a command stands, and its help in a line; a test holds that to the command's own."""

    place: str
    help: str


COMMANDS = {
    "audit": Command("welltegra.commands.audit:audit", "The chain of records: find out whether it is whole."),
    "config": Command("welltegra.commands.config:config", "Show the settings that hold."),
    "db": Command("welltegra.commands.db:db", "The database of records: bring it up to date."),
    "demo": Command("welltegra.commands.demo:demo", "Run a whole site on this machine, and watch its wells."),
    "contract": Command("welltegra.commands.contract:contract", "Documents of reopening: check them."),
    "discover": Command("welltegra.commands.discover:discover", "Find bypassed pay in the logs of the project in DIR."),
    "doctor": Command("welltegra.commands.doctor:doctor", "Find out what is wrong here, and what to do."),
    "flow": Command("welltegra.commands.flow:flow", "Run the flows between Kafka and the database."),
    "key": Command("welltegra.commands.key:key", "API keys: make them, list them, revoke them."),
    "produce": Command("welltegra.commands.produce:produce_command", "Send recorded samples to Kafka."),
    "profile": Command(
        "welltegra.commands.profile:profile", "Scoring profiles: show, check, propose and activate them."
    ),
    "rank": Command("welltegra.commands.rank:rank", "Rank the reopening targets of the project in DIR."),
    "replay": Command("welltegra.commands.replay:replay_command", "Judge recorded samples by a rule file."),
    "rig": Command("welltegra.commands.rig:rig", "Ask a running rig for breaches and faults."),
    "rules": Command("welltegra.commands.rules:rules", "Rule files: check them, activate them."),
    "samples": Command("welltegra.commands.samples:samples", "Recorded samples: what they are like."),
    "serve": Command("welltegra.commands.serve:serve", "Serve the worklist: its page and its API."),
    "simulate": Command("welltegra.commands.simulate:simulate", "Simulate what stands on a site."),
    "topics": Command("welltegra.commands.topics:topics", "Topics on Kafka: make them, check them."),
    "watch": Command("welltegra.commands.watch:watch", "Show wells, levels, the last alerts, latency and health."),
}


class Commands(click.Group):
    """A group whose commands are imported when they are called: help comes at once, and so does a mistake."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].place.partition(":")
        return cast(click.Command, getattr(importlib.import_module(module), attribute))

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            context.fail(f"No such command {name!r}. {did_you_mean(nearest(name, COMMANDS))}".rstrip())
        return super().resolve_command(context, args)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


def _show_version(context: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"welltegra {version('welltegra')}")
        except PackageNotFoundError:
            click.echo("welltegra, run from its sources without being installed")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Settings file; else the one that WELLTEGRA_CONFIG names, else welltegra.toml, where there is one.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Print the version."
)
@click.pass_context
def welltegra(context: click.Context, config_path: Path | None) -> None:
    """Judges well data against signed limits.

    New here? welltegra demo runs a whole site on this machine; welltegra samples describe and welltegra rules check
    help to write a rule file, and welltegra replay tries it on recorded samples.
    """
    from welltegra.invocation import Invocation

    context.obj = Invocation(config_path)


def main() -> None:
    """Run the command line and exit."""
    _open_standard_descriptors()
    for stream in (sys.stdout, sys.stderr):
        # A well may be named in letters that the terminal has not.
        if stream is not None:
            cast(Any, stream).reconfigure(errors="backslashreplace")
    terminated = []

    def terminate(_number: int, _frame: FrameType | None) -> None:
        terminated.append(True)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, terminate)
    code = run(sys.argv[1:])
    if code == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses it twice has been heard
    sys.exit(TERMINATED if terminated and code == INTERRUPTED else code)


def run(arguments: list[str]) -> int:
    """Run one command; return its exit code.

    0 done, 1 failed, 2 a mistake to mend, 130 stopped by Ctrl-C, 141 the reader of the output has gone.
    """
    try:
        # Not welltegra.main(): it has its own way with Ctrl-C and with a reader that has gone.
        with welltegra.make_context("welltegra", arguments) as context:
            welltegra.invoke(context)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return MISTAKE
    except click.ClickException as error:
        _say(_in_a_line(error))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as stop:
        _say(("\n" if sys.stderr is not None and sys.stderr.isatty() else "") + (str(stop) or "Stopped."))
        return INTERRUPTED
    except FileFaults as error:
        shown, rest = first_of(error.faults)
        for fault in shown:
            _say(str(fault))
        if rest is not None:
            _say(rest)
        return MISTAKE
    except (ConnectorError, RulesError) as error:
        _say(str(error))
        return MISTAKE
    except WelltegraError as error:
        _say(str(error))
        return FAILED
    except BrokenPipeError:
        _drop_output()
        return READER_GONE
    except OSError as error:
        _say(_why(error))
        _drop_output()
        return FAILED
    return DONE


def _in_a_line(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "welltegra"
    return f"{command}: {error.format_message()} Try '{command} --help'."


def _why(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOENT and not _has_working_directory():
        return "the working directory must be there; it was removed. Change to another, and run it again."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{where}the disk must have room for what is written; it is full. Free some, and run it again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where}must be open to this user; was not ({error.strerror}). Change its permissions, or use another."
    return f"{where}must be readable and writable; was not ({error.strerror or error}). Mend that, and run it again."


def _has_working_directory() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


def _drop_output() -> None:
    """Have what standard output still holds go nowhere, or Python would try again and complain."""
    if sys.stdout is None:
        return
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _open_standard_descriptors() -> None:
    """Fill what the caller closed of descriptors 0 to 2; the next file opened would else be taken for it."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


if __name__ == "__main__":
    main()
