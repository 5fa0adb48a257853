"""Whose turn it is: so many requests are worked on at a time, few of them for one person, and the others wait.

However much one asks for, whoever else comes is next.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, OrderedDict, deque
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.types import Message, Receive

from welltegra.api import cookies
from welltegra.api.problems import Problem
from welltegra.api.state import State
from welltegra.auth.limits import whose
from welltegra.auth.principal import Principal

# Work is done on the 40 threads of anyio; what these leave is for static files and for what lasts.
_MOST_KNOWN: Final = 24
_MOST_UNKNOWN: Final = 8
_EACH: Final = 4
_WAIT_S: Final = 30.0
# Of one person, or address; they wait with little, but not with nothing.
_MOST_WAITING: Final = 2_000
_MOST_REMEMBERED: Final = 10_000


class Turns:
    """Gives turns, on one loop. most: at a time. each: of them to one `who`; those who wait come round in turn."""

    def __init__(self, most: int, each: int, wait_s: float = _WAIT_S, most_waiting: int = _MOST_WAITING) -> None:
        self._free, self._each, self._wait_s, self._most_waiting = most, each, wait_s, most_waiting
        self._held: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def take(self, who: str) -> None:
        """Wait for a turn; whoever has one gives it back.

        Raises:
            Problem: Too many of theirs wait already, or it did not come in time.
        """
        if who not in self._waiting and self._free and self._held[who] < self._each:
            self._hand_to(who)
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._waiting.setdefault(who, deque())
        if len(queue) >= self._most_waiting:
            raise _busy()
        queue.append(mine)
        try:
            async with asyncio.timeout(self._wait_s):
                await mine
        except TimeoutError:
            self._give_up(who, mine)
            raise _busy() from None
        except asyncio.CancelledError:
            self._give_up(who, mine)
            raise

    def give_back(self, who: str) -> None:
        """End a turn; the next one has it."""
        self._held[who] -= 1
        if not self._held[who]:
            del self._held[who]
        self._free += 1
        self._hand_on()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    def _hand_on(self) -> None:
        for who in list(self._waiting):
            if not self._free:
                return
            if self._held[who] >= self._each:
                continue
            queue = self._waiting[who]
            queue.popleft().set_result(None)
            self._hand_to(who)
            # Behind all others, for the next time.
            self._waiting.move_to_end(who)
            if not queue:
                del self._waiting[who]

    def _hand_to(self, who: str) -> None:
        self._held[who] += 1
        self._free -= 1

    def _give_up(self, who: str, mine: asyncio.Future[None]) -> None:
        if not mine.cancelled():
            self.give_back(who)  # it came at the very end
            return
        queue = self._waiting[who]
        queue.remove(mine)
        if not queue:
            del self._waiting[who]


class Turn:
    """A turn that somebody has, to be ended once or more often."""

    def __init__(self, turns: Turns, who: str) -> None:
        self._turns, self._who, self._ended, self._has = turns, who, False, True

    def end(self) -> None:
        """Let the next one have it."""
        self._ended = True
        self._lend()

    async def apart(self, receive: Receive) -> Message:
        """Return what is received, and let others have the turn meanwhile: a body comes when it comes."""
        self._lend()
        message = await receive()
        if not self._ended:
            await self._turns.take(self._who)
            self._has = True
        return message

    def _lend(self) -> None:
        if self._has:
            self._has = False
            self._turns.give_back(self._who)


class Entrance:
    """Gives requests their turns: to people who are known, and apart from them by address to those who are not yet.

    Who floods the sign-in, or makes up cookies, has those waiting who do the same; nobody who is signed in.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._known, self._unknown = Turns(_MOST_KNOWN, _EACH), Turns(_MOST_UNKNOWN, _EACH)
        # Whose a credential was. It says whose turn it is, and nothing about what they may.
        self._subjects: OrderedDict[bytes, str] = OrderedDict()

    async def turn(self, request: Request) -> Turn:
        """Return a turn once there is one.

        Raises:
            Problem: There is too much to do.
        """
        subject = self._subjects.get(self._credential(request))
        address = request.client.host if request.client else ""
        turns, who = (self._unknown, whose(address)) if subject is None else (self._known, subject)
        await turns.take(who)
        return Turn(turns, who)

    def remember(self, request: Request, principal: Principal | None) -> None:
        """Keep in mind whose the credential of a request is."""
        credential = self._credential(request)
        self._subjects.pop(credential, None)
        if principal is None or not credential:
            return
        self._subjects[credential] = principal.subject
        if len(self._subjects) > _MOST_REMEMBERED:
            self._subjects.popitem(last=False)

    def _credential(self, request: Request) -> bytes:
        said = request.headers.get("authorization") or cookies.read(request, self._state, cookies.SESSION)
        return hashlib.blake2b(said.encode(), digest_size=16).digest() if said else b""


def _busy() -> Problem:
    said = "There is more to do here than can be done within seconds. Try again; fewer requests at a time come through."
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, said, headers={"Retry-After": "5"})
