"""Who may come in to the rig, and that whatever he writes comes before it."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession
from asyncua.server.user_managers import UserManager

# Answers the values of one write, in their order.
OnWrite = Callable[[InternalSession, list[ua.WriteValue]], Awaitable[list[ua.StatusCode]]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """The one user who may come in; nobody is asked who he is where there is none."""

    user: str
    password: str


class RigSession(InternalSession):
    """A client's session. Everything that it writes is answered by the rig, and nothing else by the rig's hand."""

    on_write: OnWrite

    async def write(self, params: ua.WriteParameters) -> list[ua.StatusCode]:
        return await self.on_write(self, params.NodesToWrite)


class RigInternalServer(InternalServer):
    def __init__(self, on_write: OnWrite, door: Door) -> None:
        super().__init__(user_manager=door)
        self._on_write = on_write

    def create_session(self, name: str, user: User | None = None, external: bool = False) -> InternalSession:
        nobody = User(role=UserRole.Anonymous)
        session = RigSession(self, self.aspace, self.subscription_service, name, user or nobody, external)
        session.on_write = self._on_write
        return session


class Door(UserManager):
    """Lets clients in as ordinary users: the library's own takes anyone called admin for one."""

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials

    def get_user(
        self,
        iserver: InternalServer,
        username: str | None = None,
        password: str | None = None,
        certificate: Any = None,
    ) -> User | None:
        del iserver, certificate
        known = self._credentials
        if known is None:
            return User(role=UserRole.User)
        given = (username or "").encode(), (password or "").encode()
        same = [hmac.compare_digest(a, b.encode()) for a, b in zip(given, (known.user, known.password), strict=True)]
        return User(role=UserRole.User, name=known.user) if all(same) else None
