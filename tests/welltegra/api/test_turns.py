from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from welltegra.api.problems import Problem
from welltegra.api.turns import Turn, Turns


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_that_whoever_comes_second_is_next_however_much_the_first_asks_for() -> None:
    async def told() -> list[str]:
        turns, order = Turns(most=2, each=2), []

        async def ask(who: str) -> None:
            await turns.take(who)
            order.append(who)
            await asyncio.sleep(0)
            turns.give_back(who)

        tasks = [asyncio.create_task(ask("many")) for _ in range(500)]
        await settled()
        tasks.append(asyncio.create_task(ask("one")))
        await asyncio.gather(*tasks)
        assert turns.waiting == 0
        return order

    assert asyncio.run(told()).index("one") < 20


def test_that_nobody_has_more_than_their_share_and_all_together_no_more_than_there_are() -> None:
    async def told() -> tuple[list[int], int]:
        turns = Turns(most=5, each=2)
        tasks = {who: [asyncio.create_task(turns.take(who)) for _ in range(10)] for who in "abc"}
        await settled()
        found = [sum(task.done() for task in of) for of in tasks.values()]
        waiting = turns.waiting
        for task in (task for of in tasks.values() for task in of):
            task.cancel()
        return found, waiting

    assert asyncio.run(told()) == ([2, 2, 1], 25)


def test_that_a_turn_that_does_not_come_is_said_and_none_is_lost_by_those_who_go() -> None:
    async def told() -> None:
        hasty = Turns(most=1, each=1, wait_s=0.05)
        await hasty.take("a")
        with pytest.raises(Problem) as late:
            await hasty.take("a")
        assert (late.value.status, late.value.headers["Retry-After"]) == (503, "5")
        assert hasty.waiting == 0
        # Those who wait from here on are to have their turn, however slow the machine.
        turns = Turns(most=1, each=1, most_waiting=2)
        await turns.take("a")
        waiting = [asyncio.create_task(turns.take("b")) for _ in range(2)]
        await settled()
        with pytest.raises(Problem):
            await turns.take("b")  # more than may wait, at once
        assert turns.waiting == 2
        waiting[0].cancel()
        await settled()
        turns.give_back("a")
        await waiting[1]
        turns.give_back("b")
        # One who goes in the moment in which it comes.
        await turns.take("a")
        gone = asyncio.create_task(turns.take("b"))
        await settled()
        turns.give_back("a")
        gone.cancel()
        await settled()
        await turns.take("c")
        assert turns.waiting == 0

    asyncio.run(told())


def test_that_whose_body_has_yet_to_come_keeps_no_turn_from_others() -> None:
    async def told() -> None:
        turns, arrived = Turns(most=1, each=1), asyncio.Event()
        await turns.take("slow")
        turn = Turn(turns, "slow")

        async def receive() -> Message:
            await arrived.wait()
            return {"type": "http.request"}

        body = asyncio.create_task(turn.apart(receive))
        await settled()
        await turns.take("other")
        arrived.set()
        await settled()
        assert not body.done(), "it has its turn again before it goes on"
        turns.give_back("other")
        assert (await body)["type"] == "http.request"
        late = asyncio.create_task(turns.take("other"))
        await settled()
        assert not late.done()
        turn.end()
        turn.end()
        await late
        # Once it is answered, whoever waits for its reader to go has no turn, and wants none.
        assert (await turn.apart(receive))["type"] == "http.request"
        turns.give_back("other")
        assert turns._free == 1

    asyncio.run(told())
