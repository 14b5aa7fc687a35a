"""The Bot API server in a process of its own, for scenarios that measure how fast another process answers."""

import asyncio
import sys

from tests.fakes.telegram import FakeTelegram


async def _serve() -> None:
    async with FakeTelegram() as telegram:
        sys.stdout.write(f"{telegram.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
