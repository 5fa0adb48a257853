"""All checks of a site, by its settings, and the order in which their results are told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from welltegra.doctor import (
    clock,
    disk,
    kafka,
    kafka_clock,
    opcua,
    ports,
    postgres,
    python,
    rule_files,
    settings_file,
    tag_map,
)
from welltegra.doctor.opcua import OpcUa
from welltegra.doctor.result import Check, Result
from welltegra.doctor.runner import DEADLINE_S, run
from welltegra.settings.model import Settings
from welltegra.settings.sources import Loaded

_ORDER: Final = (
    *(settings_file.NAME, python.PYTHON, python.KERNEL, python.MACHINE, ports.NAME, disk.NAME),
    *(kafka.NAME, kafka.TOPICS, rule_files.ACTIVE, rule_files.FILES),
    *(postgres.NAME, postgres.MIGRATIONS, postgres.RIGHTS, postgres.CHAIN),
    *(tag_map.NAME, opcua.NAME, opcua.LOGIN, opcua.STATE),
    *(clock.OURS, kafka_clock.NAME, postgres.CLOCK, opcua.CLOCK),
)


def examine(
    loaded: Loaded[Settings],
    named: Path | None,
    files: Sequence[Path] = (),
    processes: int = 1,
    deadline_s: float = DEADLINE_S,
) -> list[Result]:
    """Return what is found of a site. named: what --config named. files: rule files. processes: of the flow."""
    results = run(checks(loaded, named, files, processes), deadline_s)
    return sorted(results, key=lambda result: _ORDER.index(result.name))


def checks(loaded: Loaded[Settings], named: Path | None, files: Sequence[Path], processes: int) -> list[Check]:
    """Return the checks; those that ask the same part one after another are one."""
    settings = loaded.settings
    workers = settings.web.workers if settings.projects else 0
    return [
        Check((settings_file.NAME,), lambda: settings_file.look(loaded, named)),
        Check((python.PYTHON,), python.look_at_python),
        Check((python.KERNEL,), python.look_at_kernel),
        Check((python.MACHINE,), lambda: python.look_at_machine(processes)),
        Check((ports.NAME,), lambda: ports.look(settings.metrics, processes, bool(settings.opcua.tags), workers)),
        Check((disk.NAME,), lambda: disk.look(settings.constraints.recovery)),
        Check((kafka.NAME, kafka.TOPICS, kafka_clock.NAME, rule_files.ACTIVE), lambda: kafka.look(settings)),
        Check((rule_files.FILES,), lambda: rule_files.look_at_files(files)),
        Check(
            (postgres.NAME, postgres.MIGRATIONS, postgres.RIGHTS, postgres.CHAIN, postgres.CLOCK),
            lambda: postgres.look(settings.postgres.dsn.get_secret_value()),
        ),
        Check((tag_map.NAME,), lambda: tag_map.look(settings.opcua)),
        Check((opcua.NAME, opcua.LOGIN, opcua.STATE, opcua.CLOCK), lambda: opcua.look(opcua_of(settings))),
        Check((clock.OURS,), clock.look_at_ours),
    ]


def opcua_of(settings: Settings) -> OpcUa | None:
    """Return the OPC UA server of the settings; None if none is set."""
    given = settings.opcua
    if not given.endpoint:
        return None
    return OpcUa(given.endpoint, given.username, given.password.get_secret_value())
