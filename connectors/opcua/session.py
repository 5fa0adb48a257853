"""One connection: login, subscription, deadline. It ends in an exception, or in being cancelled; never by itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from asyncua import ua
from asyncua.client.client import Client
from asyncua.client.ua_client import UaClientState
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.uaerrors import (
    BadCertificateInvalid,
    BadIdentityTokenInvalid,
    BadIdentityTokenRejected,
    BadSecurityChecksFailed,
    BadSecurityModeRejected,
    BadSecurityPolicyRejected,
    BadUserAccessDenied,
    BadUserSignatureInvalid,
    UaError,
    UaStatusCodeError,
)

from connectors.opcua.config import OpcUa
from connectors.opcua.errors import OutOfReach, Refused
from connectors.opcua.observer import IngestObserver
from connectors.opcua.requests import node_of
from connectors.opcua.subscription import Subscription

log = logging.getLogger(__name__)

# The server forgets us so soon after we are gone.
_SESSION_TIMEOUT_MS: Final = 60_000
_LOOK_S: Final = 0.1
_FAREWELL_S: Final = 1.0
_RETRY_REFUSED_S: Final = 60.0
_DENIED: Final = (BadUserAccessDenied, BadIdentityTokenInvalid, BadIdentityTokenRejected, BadUserSignatureInvalid)
_SECURITY: Final = (
    BadSecurityPolicyRejected, BadSecurityModeRejected, BadSecurityChecksFailed, BadCertificateInvalid
)  # fmt: skip


class Session:
    """A connection to the server, from its start to its end; another is another session.

    heard_at: when the server last answered anything; published_at: when it last published [s, monotonic]. Both are to
    be looked at from any thread.
    """

    def __init__(
        self,
        settings: OpcUa,
        subscription: Subscription,
        observer: IngestObserver,
        on_connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings, self._subscription, self._observer = settings, subscription, observer
        self._on_connected = on_connected
        self.heard_at = self.published_at = time.monotonic()
        self._client = Client(settings.endpoint, timeout=settings.deadline_s)
        self._client.name = self._client.description = "WellTegra"
        self._client.application_uri = "urn:welltegra:ingest"
        self._client.session_timeout = _SESSION_TIMEOUT_MS
        if settings.username:
            self._client.set_user(settings.username)
            self._client.set_password(settings.password)

    async def run(self) -> None:
        """Connect, subscribe, and listen.

        Raises:
            Refused: The server does not take us.
            OutOfReach: It cannot be reached, or not any more.
        """
        try:
            await self._connect()
            silence_s = await self._subscribe()
            self._on_connected()
            await self._together(silence_s)
        except asyncio.CancelledError:
            await self._say_goodbye()
            raise
        except OutOfReach:
            raise
        except TimeoutError:
            raise self._silent() from None
        except (OSError, UaError) as error:
            raise self._broken_off(error) from None
        finally:
            self.abort()

    def abort(self) -> None:
        """Close the socket without a word: who is at its other end may be gone."""
        protocol = self._client.uaclient.protocol
        if protocol is not None and protocol.transport is not None:
            protocol.transport.abort()

    async def _connect(self) -> None:
        endpoint, client = self._settings.endpoint, self._client
        try:
            await client.connect_socket()
        except (OSError, TimeoutError) as error:
            found = "did not answer" if isinstance(error, TimeoutError) else f"did not ({error.strerror or error})"
            remedy = "Is the server running there, is opcua.endpoint its host and port, and is the way to it open?"
            raise OutOfReach(endpoint, "unreachable", "must be reachable", found, remedy) from None
        self._note_heard()
        try:
            await client.send_hello()
            await client.open_secure_channel()
            self._note_heard()
            await client.create_session()
        except _SECURITY as error:
            raise self._insecure(_name(error)) from None
        except (OSError, TimeoutError) as error:
            # One that broke off before it was asked leaves the question without an answer.
            is_open = client.state is not UaClientState.DISCONNECTED
            is_silent = isinstance(error, TimeoutError) and is_open
            found = "did not within the deadline" if is_silent else "broke off"
            remedy = "Is the network between whole, and the port in opcua.endpoint that of an OPC UA server?"
            kind = "silent" if is_silent else "closed"
            raise OutOfReach(endpoint, kind, "must speak OPC UA", found, remedy) from None
        except UaStatusCodeError as error:
            remedy = "Is opcua.endpoint written as the server's own pages show it, with its path?"
            raise OutOfReach(endpoint, "refused", "must open a session", f"said {_name(error)}", remedy) from None
        except UaError as error:
            raise self._insecure(str(error)) from None
        self._note_heard()
        try:
            await client.activate_session(self._settings.username or None, self._settings.password)
        except _DENIED as error:
            raise self._denied(_name(error)) from None
        self._note_heard()

    async def _subscribe(self) -> float:
        return await self._subscription.make(self._client.uaclient, self._note_published)

    async def _together(self, silence_s: float) -> None:
        """Do all that a connection needs at once, until one of it fails."""
        self._note_published()
        work = [
            self._watch(silence_s),
            self._probe(),
            self._renew_channel(),
            self._ask_refused_again(),
            self._subscription.fill_gaps(),
        ]
        tasks = [asyncio.ensure_future(each) for each in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()

    async def _watch(self, silence_s: float) -> None:
        """Raise once the connection is broken, or the server has been silent for too long."""
        while True:
            await asyncio.sleep(_LOOK_S)
            now = time.monotonic()
            if self._client.state is not UaClientState.CONNECTED:
                raise ConnectionError("the connection was closed")
            if now - self.heard_at > self._settings.deadline_s:
                raise self._silent()
            # Only an answer after so long shows that it is the subscription alone that is silent.
            if self.heard_at - self.published_at > silence_s:
                raise OutOfReach(
                    self._settings.endpoint,
                    "subscription_lost",
                    f"must publish or say that there is nothing every {silence_s:g} s",
                    "answers, and publishes nothing",
                    "It is subscribed to anew.",
                )
            self._subscription.check()

    async def _probe(self) -> None:
        """Ask something small now and then, so that silence is known for what it is."""
        while True:
            await asyncio.sleep(self._settings.deadline_s / 3)
            # Too busy for this one may still publish: whether it is silent is not decided here.
            with suppress(TimeoutError):
                await self._client.uaclient.read_attributes(
                    [node_of(ObjectIds.Server_ServerStatus_State)], AttributeIds.Value
                )
                self._note_heard()

    async def _renew_channel(self) -> None:
        while True:
            await asyncio.sleep(self._client.secure_channel_timeout * 0.75 / 1000)
            await self._client.open_secure_channel(renew=True)
            self._client.uaclient.revolve_security_token()

    async def _ask_refused_again(self) -> None:
        while True:
            await asyncio.sleep(_RETRY_REFUSED_S)
            await self._subscription.ask_refused_again()

    async def _say_goodbye(self) -> None:
        # The server need not keep a session for nobody. It has a second to hear of that.
        with suppress(Exception):
            await asyncio.wait_for(self._client.uaclient.close_session(True), _FAREWELL_S)

    def _note_heard(self) -> None:
        self.heard_at = time.monotonic()
        self._observer.heard()

    def _note_published(self) -> None:
        self.published_at = time.monotonic()
        self._note_heard()

    def _silent(self) -> OutOfReach:
        must = f"must answer within {self._settings.deadline_s:g} s"
        remedy = "Is the network between whole? A new connection is tried."
        return OutOfReach(self._settings.endpoint, "silent", must, "did not", remedy)

    def _broken_off(self, error: Exception) -> OutOfReach:
        said = _name(error) if isinstance(error, UaStatusCodeError) else str(error) or type(error).__name__
        must, remedy = "must keep the connection", "Was it restarted? A new connection is tried."
        return OutOfReach(self._settings.endpoint, "closed", must, f"did not ({said})", remedy)

    def _denied(self, said: str) -> Refused:
        user = self._settings.username
        must = f"must accept user {user!r} with this password" if user else "must let in whoever gives no user"
        remedy = "Check opcua.username and opcua.password." if user else "Set opcua.username and opcua.password."
        return Refused(self._settings.endpoint, must, f"said {said}", remedy)

    def _insecure(self, said: str) -> Refused:
        must = "must have an endpoint with security mode None"
        remedy = "Allow None on the server, in a network of its own: certificates are not supported yet."
        return Refused(self._settings.endpoint, must, f"said {said}", remedy)


def _name(error: UaStatusCodeError) -> str:
    return ua.StatusCode(ua.UInt32(error.code)).name
