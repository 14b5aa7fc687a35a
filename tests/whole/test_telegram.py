"""The same brain behind Telegram: the whole house against a Bot API server on the loopback."""

import asyncio
from pathlib import Path

from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.whole.conftest import serving


async def test_a_token_starts_the_bot_and_it_answers_from_the_knowledge(
    environment: dict[str, str], tmp_path: Path
) -> None:
    async with FakeTelegram() as telegram:
        own = {"KEFU_TELEGRAM_TOKEN": TOKEN, "KEFU_TELEGRAM_API": telegram.url, "KEFU_DATA_DIR": str(tmp_path)}
        knowledge = {"KEFU_KNOWLEDGE": f"{environment['KEFU_DATA_DIR']}/knowledge", "KEFU_GENERATE": "false"}
        telegram.write("how many days do I have to send something back?")
        house = serving({**environment, **own, **knowledge}, tmp_path / "log")
        await asyncio.to_thread(house.__enter__)
        try:
            await telegram.until(lambda: bool(telegram.sent()), within=30)
            telegram.write("什么时候能收到退款？", chat=43, language="zh")
            await telegram.until(lambda: bool(telegram.sent(43)), within=30)
            telegram.write("/human")
            await telegram.until(lambda: len(telegram.sent(42)) == 2, within=30)
        finally:
            await asyncio.to_thread(house.__exit__, None, None, None)
    assert "30 days" in telegram.sent(42)[0]
    assert "https://shop.example/en/help/returns" in telegram.sent(42)[0]
    assert "5 个工作日" in telegram.sent(43)[0]
    assert "colleague" in telegram.sent(42)[1]
