"""One contract for all queues of deliveries."""

import time
from dataclasses import replace

from bot.webhooks.base import Deliveries, Delivery

FIRST = Delivery("msg_1", "hook", "resolved", '{"text": "früh"}', 10.0, due=10.0)
SECOND = replace(FIRST, id="msg_2", due=20.0)


async def test_what_is_queued_comes_when_it_is_due_and_again_until_it_is_settled(deliveries: Deliveries) -> None:
    await deliveries.put("web:1", "5", [SECOND, FIRST])

    assert await deliveries.take(9.0, 30.0) is None
    assert await deliveries.take(15.0, 30.0) == FIRST
    assert await deliveries.take(15.0, 30.0) is None
    assert await deliveries.take(25.0, 30.0) == SECOND
    assert await deliveries.take(46.0, 30.0) == FIRST
    await deliveries.settle(FIRST)
    assert await deliveries.take(60.0, 30.0) == SECOND
    assert await deliveries.take(80.0, 30.0) is None


async def test_what_is_found_twice_is_queued_once(deliveries: Deliveries) -> None:
    await deliveries.put("web:1", "5", [FIRST])
    await deliveries.settle(FIRST)
    await deliveries.put("web:1", "5", [FIRST])

    assert await deliveries.mark("web:1") == "5"
    assert await deliveries.mark("web:2") == ""
    assert await deliveries.take(99.0, 30.0) is None


async def test_what_is_given_up_is_shown_and_can_be_tried_again(deliveries: Deliveries) -> None:
    await deliveries.put("web:1", "5", [FIRST, SECOND])
    await deliveries.again(replace(FIRST, attempts=1, due=30.0))
    for gone in (replace(FIRST, attempts=8, due=40.0, reason="answered 500"), replace(SECOND, due=50.0)):
        await deliveries.bury(gone)
    dead = await deliveries.dead()

    assert [(each.id, each.reason) for each in dead] == [("msg_2", ""), ("msg_1", "answered 500")]
    assert [each.id for each in await deliveries.dead(1)] == ["msg_2"]
    assert await deliveries.take(99.0, 30.0) is None
    assert [await deliveries.revive("msg_1", 60.0), await deliveries.revive("msg_1", 60.0)] == [True, False]
    assert await deliveries.take(60.0, 30.0) == replace(FIRST, due=60.0, reason="answered 500")
    assert [each.id for each in await deliveries.dead()] == ["msg_2"]


async def test_a_hook_is_left_alone_until_the_longest_of_what_it_asked_for(deliveries: Deliveries) -> None:
    now = time.time()
    assert await deliveries.held("hook") == 0.0
    await deliveries.hold("hook", now + 60, now)
    await deliveries.hold("hook", now + 30, now)
    assert await deliveries.held("hook") == now + 60
    await deliveries.hold("hook", now + 90, now)

    assert await deliveries.held("hook") == now + 90
    assert await deliveries.held("another") == 0.0
