"""How often an address may try: a bucket each, that fills evenly. In memory, and of a bounded number of addresses."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from welltegra.auth.errors import TooManyAttempts

_MOST_ADDRESSES: Final = 10_000
# Whoever has a /64 of IPv6 has all of its addresses.
_IPV6_PREFIX: Final = 64


class Attempts:
    """Counts attempts by address. per_minute: how many each has at once, and gets anew in a minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = per_minute, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._guard = threading.Lock()

    def take(self, address: str) -> None:
        """Count an attempt.

        Raises:
            TooManyAttempts: It has none left.
        """
        who, now = whose(address), self._clock()
        with self._guard:
            left, since = self._left.pop(who, (float(self._most), now))
            left = min(self._most, left + (now - since) * self._most / 60)
            taken = left >= 1
            self._left[who] = (left - taken, now)
            if len(self._left) > _MOST_ADDRESSES:
                self._left.popitem(last=False)
        if not taken:
            raise TooManyAttempts(math.ceil((1 - left) * 60 / self._most))


def whose(address: str) -> str:
    """Return what addresses of one holder have in common."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)
