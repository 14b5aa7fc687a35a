"""The widget shows what the fold of the events says, whatever happens and however often it is told."""

import random
from collections.abc import Callable
from typing import Any

from bot.channels.web.streams import CUSTOMER, sse
from bot.conversation.memory import MemoryConversations
from tests.bot.channels.web.fold import Shown
from tests.bot.channels.web.test_replay import ACTS
from tests.bot.channels.web.test_replay import House as Acting
from tests.browser.conftest import House, Person

SHOWN = """async texts => {
    const chat = document.querySelector("kefu-chat");
    const { conversation } = chat;
    conversation.clear();
    conversation.line.mark = "";
    texts.forEach((text) => conversation.line.take(text.trimEnd()));
    await chat.updateComplete;
    const log = chat.shadowRoot.querySelector(".log");
    const turns = [...log.querySelectorAll("[data-turn]:not(.making)")].map((node) => node.dataset.turn);
    return {
        state: conversation.thread.state,
        turns: turns.filter((id) => id),
        making: [...log.querySelectorAll(".making")].map(
            (node) => [node.dataset.turn, node.querySelector(".words").textContent],
        ),
    };
}"""


async def told(chance: random.Random) -> tuple[list[str], Shown]:
    """A stream's events as a customer's browser gets them, some of them twice, and what they add up to."""
    acting = Acting(MemoryConversations())
    acts = [act for act in ACTS if act != "hear"]
    await acting.do("accept", 1)
    for _ in range(chance.randint(0, 40)):
        await acting.do(chance.choice(acts), chance.randint(0, 7))
    shown, texts = Shown(), []
    for event in await acting.conversations.events(acting.name, "0", 0):
        if (data := CUSTOMER.event(event)) is None:
            continue
        shown.hear(event.kind, data)
        texts.append(sse(event.kind, data, event.id))
        if chance.random() < 0.1:
            texts.extend(texts[-chance.randint(1, 5) :])
    return texts, shown


def as_shown(shown: Shown) -> dict[str, Any]:
    making = [[shown.making, " ".join(shown.sentences)]] if shown.making else []
    return {"state": shown.state, "turns": list(shown.turns), "making": making}


def test_the_widget_folds_as_the_tests_do(person: Callable[..., Person], house: House) -> None:
    page = person().page
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_label("Write a message").wait_for()
    for seed in range(150):
        texts, shown = house.do(told(random.Random(seed)))
        assert page.evaluate(SHOWN, texts) == as_shown(shown), f"seed {seed}"
