from __future__ import annotations

import pytest

from welltegra.auth.errors import TooManyAttempts
from welltegra.auth.limits import Attempts


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_that_an_address_has_so_many_attempts_and_gets_them_anew_evenly() -> None:
    clock = Clock()
    attempts = Attempts(6, clock)
    for _ in range(6):
        attempts.take("192.0.2.1")
    with pytest.raises(TooManyAttempts) as refused:
        attempts.take("192.0.2.1")
    assert refused.value.seconds == 10
    clock.now = 9.9
    with pytest.raises(TooManyAttempts):
        attempts.take("192.0.2.1")
    clock.now = 20.1
    attempts.take("192.0.2.1")


def test_that_addresses_do_not_use_up_each_others_attempts_but_those_of_one_ipv6_network_do() -> None:
    attempts = Attempts(1, Clock())
    attempts.take("192.0.2.1")
    attempts.take("192.0.2.2")
    attempts.take("2001:db8::1")
    with pytest.raises(TooManyAttempts):
        attempts.take("2001:db8::2")
    attempts.take("2001:db8:0:1::1")


def test_that_no_flood_of_addresses_takes_the_memory() -> None:
    attempts = Attempts(1, Clock())
    for number in range(10_050):
        attempts.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(attempts._left) == 10_000
