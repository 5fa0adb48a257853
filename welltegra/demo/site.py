"""The demo's folder: one demo at a time uses it, and the commands that are run in it see the demo's site."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from connectors.errors import Fault, FileFaults
from welltegra.embedded.place import reachable
from welltegra.settings.model import (
    ConstraintsSettings,
    KafkaSettings,
    LogSettings,
    MetricsSettings,
    OpcuaSettings,
    PostgresSettings,
    Settings,
    SiteSettings,
    TopicsSettings,
    WebSettings,
)
from welltegra.simulator.field.plan import FieldOptions
from welltegra.simulator.rig.tags import TAGS

HOST: Final = "127.0.0.1"
FIELD: Final = FieldOptions(wells=40, seed=7)
RIG_PORT: Final = 4840
PARTITIONS: Final = 2
_NAMESPACE: Final = "urn:welltegra:rig"
_PATH: Final = "/welltegra/rig"
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the rig, and the metrics of each program, are served."""

    rig: int
    constraints: int
    record: int
    ingest: int
    web: int


def free_ports() -> Ports:
    """Return the usual ports, or the next that are free: another demo or flow may have them."""
    usual = MetricsSettings()
    wanted = (RIG_PORT, usual.port, usual.record_port, usual.ingest_port, WebSettings().port)
    return Ports(*(_free_from(port) for port in wanted))


def _free_from(port: int) -> int:
    for candidate in range(port, min(port + 90, _LAST_PORT)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
        return candidate
    must = f"a port from {port} to {port + 89} must be free"
    raise FileFaults([Fault("this machine", None, must, "none", "End what listens there.")])


class Site:
    """The folder, once it is ours."""

    def __init__(self, folder: Path, wells: Sequence[str]) -> None:
        self.folder, self.wells = folder.absolute(), tuple(wells)
        self.ports = free_ports()

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def field(self) -> Path:
        """Return where the synthetic field is that is ranked."""
        return self.folder / "field"

    @property
    def database(self) -> Path:
        """Return where the database is: in the folder, unless `nobody`, who runs it for root, cannot get there."""
        return reachable(self.folder / "postgres", "welltegra-demo")

    @property
    def rules(self) -> list[Path]:
        """Return the rule file of each well."""
        return [self.folder / "rules" / f"{well}.yaml" for well in self.wells]

    @property
    def endpoint(self) -> str:
        return f"opc.tcp://{HOST}:{self.ports.rig}{_PATH}"

    def settings(self, bootstrap: str, dsn: str) -> Settings:
        """Return the settings that an operator of this site would have written."""
        return Settings(
            site=SiteSettings(name="demo"),
            kafka=KafkaSettings(bootstrap_servers=bootstrap),
            topics=TopicsSettings(partitions=PARTITIONS, replication=1),
            constraints=ConstraintsSettings(recovery=self.folder / "recovery"),
            postgres=PostgresSettings(dsn=SecretStr(dsn)),
            opcua=OpcuaSettings(endpoint=self.endpoint, tags=str(self.folder / "tags.yaml")),
            metrics=MetricsSettings(
                port=self.ports.constraints, record_port=self.ports.record, ingest_port=self.ports.ingest
            ),
            web=WebSettings(port=self.ports.web),
            projects={FIELD.project_id: self.field},
            log=LogSettings(level="info"),
        )

    def write(self, settings: Settings) -> None:
        """Write settings, rules and tag map. The state of the last time goes with the topics that its broker lost."""
        shutil.rmtree(self.folder / "recovery", ignore_errors=True)
        self.logs.mkdir(exist_ok=True)
        (self.folder / "rules").mkdir(exist_ok=True)
        for well, path in zip(self.wells, self.rules, strict=True):
            path.write_text(_rule_file(well), encoding="utf-8")
        (self.folder / "tags.yaml").write_text(_tag_map(self.wells), encoding="utf-8")
        file = self.folder / "welltegra.toml"
        file.touch(mode=0o600)  # it holds the password of the database
        file.write_text(_toml(settings), encoding="utf-8")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Have the folder for ourselves.

    Raises:
        FileFaults: Another demo has it, or it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "demo.lock").open("a+")
    except OSError as error:
        must, remedy = "the demo's folder must be one that we can write to", "Set demo.folder to another."
        raise FileFaults([Fault(str(folder), None, must, error.strerror or repr(error), remedy)]) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            must, remedy = "one demo at a time must use the folder", "Stop that one, or set demo.folder to another."
            found = f"process {lock.read().strip() or 'unknown'} does"
            raise FileFaults([Fault(str(folder), None, must, found, remedy)]) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _rule_file(well: str) -> str:
    lines = [f"well: {json.dumps(well)}", "version: 1", "tags:"]
    watched = [tag for tag in TAGS if tag.limit is not None]
    lines += [f"  {tag.name}: {{unit: {tag.unit}, period: 1}}" for tag in watched]
    lines.append("constraints:")
    for tag in watched:
        lines += [f"  - id: {tag.name.replace('_', '-')}", f"    tag: {tag.name}"]
        lines.append(f"    limit: {{high: {tag.limit:g}, unit: {tag.unit}}}")
    return "\n".join(lines) + "\n"


def _tag_map(wells: Sequence[str]) -> str:
    lines = [f"namespace: {_NAMESPACE}", "tags:"]
    for well in wells:
        for tag in TAGS:
            node, named = json.dumps(f"s={well}/{tag.name}"), json.dumps(well)
            lines.append(f"  - {{node: {node}, well: {named}, tag: {tag.name}, unit: {json.dumps(tag.unit)}}}")
    return "\n".join(lines) + "\n"


def _toml(settings: Settings) -> str:
    """Return what differs from the defaults, as a settings file."""
    lines = ["# Of the demo: run commands in this folder, and they see its site."]
    for section, values in settings.model_dump(exclude_defaults=True).items():
        lines.append(f"\n[{section}]")
        for key, value in values.items():
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            # A JSON string is a TOML string, and so are its numbers.
            lines.append(f"{key} = {json.dumps(str(plain) if isinstance(plain, Path) else plain)}")
    return "\n".join(lines) + "\n"
