"""`welltegra flow constraints`: which processes there are, and the supervisor that runs them."""

from __future__ import annotations

import random
import re
import socket
from typing import Final

import click

from connectors.errors import Fault, FileFaults
from connectors.kafka.cluster import find_topic
from schemas.topics import SAMPLES
from welltegra.kafka_settings import kafka_of
from welltegra.live.job import Job
from welltegra.live.lock import SupervisorLock
from welltegra.live.process import GRACE_S
from welltegra.live.recovery import recovery_of
from welltegra.live.serving import check_ports
from welltegra.live.supervisor import Supervisor
from welltegra.settings.model import Settings

_ADDRESS: Final = re.compile(r"[A-Za-z0-9._-]+:\d{1,5}|\[[0-9A-Fa-f:]+\]:\d{1,5}")
# Below the ports that the kernel hands out for connections: one of those may be taken between two starts.
_PORTS: Final = range(20_000, 32_000)


def serve(settings: Settings, processes: int | None, process_id: int | None, addresses: str | None) -> int:
    """Run the constraints flow until it is stopped; return the exit code.

    Raises:
        FileFaults: The options do not agree, or the settings do not hold.
        OutOfReach, TopicMissing: There are no brokers, or no samples. Later on, the flow waits for them.
    """

    def say(line: str) -> None:
        click.echo(f"constraints: {line}", err=True)

    jobs = _jobs(settings, processes, process_id, addresses)
    # Faults are better told once than by every process.
    kafka = kafka_of(settings)
    recovery = recovery_of(settings, several_machines=addresses is not None)
    recovery.prepare()
    SupervisorLock(recovery.folder, jobs[0].number).take(
        GRACE_S, lambda who: say(f"waiting for {who}, whose flow this is")
    )
    check_ports(settings, [job.number for job in jobs])
    find_topic(kafka, SAMPLES)
    return Supervisor(jobs, recovery, say).run()


def _jobs(settings: Settings, processes: int | None, process_id: int | None, addresses: str | None) -> list[Job]:
    faults = []
    listed = addresses.split(";") if addresses else []
    if (process_id is None) != (addresses is None):
        must = "--process-id and --addresses must be given together"
        faults.append(Fault("options", None, must, "one of them", "Give both, or --processes for one machine."))
    if processes is not None and addresses is not None:
        must, found = "either --processes or --addresses must say which processes there are", "both"
        faults.append(Fault("options", None, must, found, "Leave one out."))
    for address in listed:
        if not _ADDRESS.fullmatch(address):
            must, remedy = "--addresses must be host:port, more after semicolons", "Quote it: a shell ends at ;."
            faults.append(Fault("options", None, must, repr(address), remedy))
    if process_id is not None and listed and process_id >= len(listed):
        must = f"--process-id must be from 0 to {len(listed) - 1}, as there are {len(listed)} addresses"
        faults.append(Fault("options", None, must, str(process_id), "Correct it."))
    if faults:
        raise FileFaults(faults)
    if process_id is not None:
        return [Job(settings, process_id, listed if len(listed) > 1 else ())]
    count = processes or 1
    own = [f"127.0.0.1:{port}" for port in _free_ports(count)] if count > 1 else []
    return [Job(settings, number, own) for number in range(count)]


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise FileFaults([Fault("this machine", None, "ports from 20000 to 31999 must be free", "none", "Free some.")])
