from __future__ import annotations

import os
import subprocess
import sys

from welltegra.serving.ending import Ending
from welltegra.serving.seats import Seats


def test_that_who_lives_keeps_its_seat_and_a_dead_ones_goes_to_the_next() -> None:
    seats = Seats(2)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    assert seats.take(dead.pid) == 0
    assert seats.take(os.getpid()) == 1
    dead.wait()
    assert seats.take(os.getppid()) == 0
    assert seats.take(os.getpid()) == 1


def test_that_where_all_are_held_there_is_none() -> None:
    seats = Seats(1)
    assert seats.take(os.getpid()) == 0
    assert seats.take(os.getppid()) is None


def test_that_the_word_is_heard_once_it_is_said_and_may_be_said_twice() -> None:
    ending = Ending()
    ending.tell()
    ending.tell()
    ending.wait()
