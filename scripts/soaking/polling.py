"""T07 and T08: Telegram is polled, by houses that are killed and by two houses at once."""

import asyncio
import time

from scripts.soaking.forked import Child
from scripts.soaking.ground import Figures, Ground, until
from scripts.soaking.scene import START, Scene, scene, write_evenly

_PATIENCE = 240.0
_QUICK = ("--lease", "1.0", "--pace", "0.2")
_LEASE = 2.0
_TWO = ("--lease", str(_LEASE), "--pace", "0.2")


async def killed(ground: Ground) -> Figures:
    """kill -9 of the whole house 20 times during 1,000 updates that are polled: 0 lost, 0 turns twice."""
    kills, each = ground.size(20, 3), 10
    chats = range(1, ground.size(100, 10) + 1)
    chance = ground.chance
    async with scene(ground, lease=1.0) as place:
        start = time.monotonic()
        house = await place.open(*_QUICK)
        rate = len(chats) * each / (kills * 4.0)
        writing = asyncio.create_task(write_evenly(place.telegram, chats, each, rate))
        for _ in range(kills):
            await asyncio.sleep(0.5 + 3.5 * chance.random())
            house.kill()
            house = await place.open(*_QUICK)
        await writing
        done = await until(lambda: place.all_heard(chats, each), _PATIENCE, pause=0.5)
        seconds = time.monotonic() - start
        found = await place.outcome(chats, each)
        conflicts = _conflicts(place)
    wrong = found["lost"] + found["doubled"] + found["out_of_order"] + found["not_sent"]
    # A kill between Telegram's acceptance and our record repeats what was on its way then.
    ok = done and not wrong
    told = {"kills": kills, "conflicts_409": conflicts, "windows_scale": 0.2, "lease_seconds": 1.0}
    return {"ok": ok, **found, **told, "seconds": round(seconds, 1)}


async def two_pollers(ground: Ground) -> Figures:
    """Two houses poll: one wins; after kill -9 the other takes over within two leases. 0 handled twice."""
    takeovers, each = ground.size(8, 2), 10
    chats = range(1, ground.size(40, 8) + 1)
    async with scene(ground, lease=_LEASE) as place:
        houses = [await place.open(*_TWO), await place.open(*_TWO)]
        await until(lambda: place.holder("poller") is not None, START)
        rate = len(chats) * each / (takeovers * 2.5 * _LEASE)
        writing = asyncio.create_task(write_evenly(place.telegram, chats, each, rate))
        taken = []
        for _ in range(takeovers):
            await asyncio.sleep(_LEASE)
            taken.append(await _take_over(place, houses))
            houses.append(await place.open(*_TWO))
        await writing
        done = await until(lambda: place.all_heard(chats, each), _PATIENCE, pause=0.5)
        found = await place.outcome(chats, each)
        conflicts, polls = _conflicts(place), len(place.telegram.calls("getUpdates"))
    wrong = found["lost"] + found["doubled"] + found["out_of_order"] + found["not_sent"]
    ok = done and not wrong and conflicts <= takeovers and max(taken) <= 2 * _LEASE
    seconds = {
        "takeover_max_seconds": round(max(taken), 2),
        "takeover_mean_seconds": round(sum(taken) / len(taken), 2),
    }
    told = {"kills": takeovers, "takeovers": takeovers, "lease_seconds": _LEASE, **seconds}
    return {"ok": ok, **found, **told, "polls": polls, "conflicts_409": conflicts}


async def _take_over(place: Scene, houses: list[Child]) -> float:
    """Seconds from the poller's death until another house turns to Telegram for updates."""
    victim = place.holder("poller")
    if victim is None:
        raise RuntimeError("nobody polls")
    victim.kill()
    houses.remove(victim)
    died = place.telegram.clock()

    def asked() -> list[float]:
        # A poller's first call ends a webhook that may be left over.
        return [call.at for call in place.telegram.calls("deleteWebhook") if call.at > died]

    if not await until(lambda: bool(asked()), START, pause=0.01):
        raise RuntimeError("nobody has taken over")
    return asked()[0] - died


def _conflicts(place: Scene) -> int:
    return sum(call.status == 409 for call in place.telegram.calls("getUpdates"))
