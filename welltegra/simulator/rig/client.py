"""What `welltegra rig ...` says to a running rig, and what comes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.uaerrors import BadIdentityTokenRejected, BadUserAccessDenied, UaError, UaStatusCodeError

from connectors.errors import ConnectorError
from welltegra.simulator.rig.asks import Ask
from welltegra.simulator.rig.names import ASK, FAULTS, NAMESPACE, ON
from welltegra.simulator.rig.sessions import Credentials
from welltegra.simulator.rig.values import node_id

WITHIN_S: Final = 5.0
T = TypeVar("T")
# Called with the client, connected, and the index of the rig's namespace.
Do = Callable[[Client, int], Awaitable[T]]


class NoRig(ConnectorError):
    """No rig answers there."""

    def __init__(self, endpoint: str, found: str, remedy: str = "Start one: welltegra simulate rig.") -> None:
        super().__init__(f"{endpoint}: a rig must answer there; {found}. {remedy}")


class NotDone(ConnectorError):
    """The rig says why it does not do what it was asked."""


def ask(endpoint: str, credentials: Credentials | None, what: Ask) -> str:
    """Return what the rig says that it does.

    Raises:
        NoRig: None answers, or not to this user.
        NotDone: It refuses.
    """

    async def call(client: Client, index: int) -> tuple[bool, str]:
        arguments = [_text(what.what), _text(what.well), _text(what.tag), ua.Variant(what.for_s), _text(what.to)]
        faults = client.get_node(node_id(FAULTS, index))
        done, said = await faults.call_method(node_id(ASK, index), *arguments)
        return bool(done), str(said)

    done, said = asyncio.run(_with_client(endpoint, credentials, call))
    if not done:
        raise NotDone(said)
    return said


def faults_on(endpoint: str, credentials: Credentials | None) -> list[dict[str, Any]]:
    """Return the faults that are on: `what`, `well`, `tag`, `seconds_left`, `said`. NoRig as in `ask`."""

    async def read(client: Client, index: int) -> list[str]:
        return list(await client.get_node(node_id(ON, index)).read_value())

    return [json.loads(line) for line in asyncio.run(_with_client(endpoint, credentials, read))]


async def _with_client(endpoint: str, credentials: Credentials | None, do: Do[T]) -> T:
    try:
        # A client that is answered by nobody hangs at some places whatever its own timeout.
        return await asyncio.wait_for(_connected(endpoint, credentials, do), WITHIN_S)
    except TimeoutError:
        raise NoRig(endpoint, f"no answer came in {WITHIN_S:g} s") from None
    except (BadUserAccessDenied, BadIdentityTokenRejected):
        who = "nobody in particular" if credentials is None else repr(credentials.user)
        raise NoRig(endpoint, f"it does not let in {who}", "Give --user and --password-env as the rig has.") from None
    except UaStatusCodeError as error:
        name = ua.StatusCode(ua.UInt32(error.code)).name
        raise NoRig(endpoint, f"what answers is another server ({name})") from None
    except (UaError, ValueError) as error:
        raise NoRig(endpoint, f"what answers is no rig ({error})") from None
    except OSError as error:
        raise NoRig(endpoint, f"was not ({error.strerror or error})") from None


async def _connected(endpoint: str, credentials: Credentials | None, do: Do[T]) -> T:
    client = Client(endpoint, timeout=WITHIN_S)
    if credentials is not None:
        client.set_user(credentials.user)
        client.set_password(credentials.password)
    try:
        async with client:
            index = await client.get_namespace_index(NAMESPACE)
            return await do(client, index)
    finally:
        # A connection that was given up is left open by the library; the loop needs a round to close it.
        client.disconnect_socket()
        await asyncio.sleep(0)


def _text(text: str) -> ua.Variant:
    return ua.Variant(text, ua.VariantType.String)
