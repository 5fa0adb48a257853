"""Options that the commands of the rig share."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from welltegra.simulator.rig.sessions import Credentials

PORT: Final = 4840

F = TypeVar("F", bound=Callable[..., Any])


def user_options(command: F) -> F:
    """Add --user and --password-env."""
    command = click.option(
        "--password-env", metavar="VAR", help="Environment variable that holds the password of --user."
    )(command)
    return click.option("--user", metavar="NAME", help="The user's name; default: nobody in particular.")(command)


def endpoint_of(endpoint: str | None, port: int | None) -> str:
    """Return where the rig runs: on this machine, unless told; click.UsageError if told twice."""
    if endpoint is not None and port is not None:
        raise click.UsageError("--endpoint and --port must not both be given; both were.")
    if endpoint is not None:
        from connectors.opcua.config import is_endpoint

        if not is_endpoint(endpoint):
            must = "--endpoint must be opc.tcp://host:port, with a path where the server has one"
            raise click.UsageError(f"{must}; was {endpoint!r}.")
    return endpoint or f"opc.tcp://127.0.0.1:{PORT if port is None else port}/welltegra/rig"


def credentials_of(user: str | None, password_env: str | None) -> Credentials | None:
    """Return the user, None for nobody in particular; click.UsageError if only half of him is given."""
    from welltegra.simulator.rig.sessions import Credentials

    if user is None and password_env is None:
        return None
    if not user or not password_env:
        raise click.UsageError("--user and --password-env must be given together; one was.")
    password = os.environ.get(password_env)
    if not password:
        found = "was not set" if password is None else "was empty"
        raise click.UsageError(f"--password-env: the environment variable {password_env!r} must hold it; {found}.")
    return Credentials(user, password)


def quiet_library() -> None:
    """Keep what the OPC UA library says of its own doings out of the log, but at level debug."""
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
