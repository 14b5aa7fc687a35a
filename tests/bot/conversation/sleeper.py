"""A worker that stops in the middle of its work, like a machine that is put to sleep, and goes on when it wakes."""

import asyncio
import json
import os
import signal
import sys

from bot.conversation.messages import Reply, Turn
from bot.conversation.redis import RedisConversations


async def work(url: str, lease: float) -> dict[str, bool]:
    """Claim, sleep, and then try to do what only the claim allows."""
    conversations = await RedisConversations.connect(url, lease=lease)
    claim = await conversations.claim("sleeper", 5.0)
    assert claim is not None
    os.kill(os.getpid(), signal.SIGSTOP)
    reply = Reply((Turn("late", "bot", "Too late.", 2.5),))
    done = {
        "published": await conversations.publish(claim, "sentence", {"turn": "late", "text": "Too late."}),
        "committed": await conversations.commit(claim, reply),
        "renewed": await conversations.renew(claim),
        "extended": await conversations.extend(claim) is not None,
    }
    await conversations.release(claim)
    await conversations.close()
    return done


if __name__ == "__main__":
    print(json.dumps(asyncio.run(work(sys.argv[1], float(sys.argv[2])))))  # noqa: T201 - its only voice
