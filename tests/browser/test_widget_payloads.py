"""Whatever is said, by whomever: nothing of it runs, and nothing foreign is fetched."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.conversation.messages import BOT
from tests.browser.conftest import House, Person
from tests.browser.payloads import PAYLOADS
from tests.browser.test_widget import open_chat, say

SHOW = """async turns => {
    const chat = document.querySelector("kefu-chat");
    for (const turn of turns)
        chat.conversation.line.take(`event: turn\\ndata: ${JSON.stringify(turn)}`);
    await chat.updateComplete;
    const log = chat.shadowRoot.querySelector(".log");
    for (const chip of log.querySelectorAll(".chip")) chip.click();
    await chat.updateComplete;
    const words = ({ id }) => log.querySelector(`[data-turn=${id}] .words`)?.textContent;
    return Object.fromEntries(turns.map((turn) => [turn.id, words(turn)]));
}"""
FOUND = """() => {
    const root = document.querySelector("kefu-chat").shadowRoot;
    const active = "img,script,iframe,object,embed,link,style,base,meta,video,audio,math";
    return {
        ran: window.hasRun ?? false,
        foreign: root.querySelectorAll(active).length,
        handlers: [...root.querySelectorAll("*")].flatMap(({ attributes }) => [...attributes])
            .filter(({ name }) => name.startsWith("on")).length,
        protocols: [...new Set([...root.querySelectorAll("a")].map((a) => a.protocol))],
        safe: [...root.querySelectorAll("a")].every((a) => a.rel.includes("noopener") && a.target === "_blank"),
    };
}"""


def watched(person: Callable[..., Person], house: House) -> tuple[Page, list[str]]:
    """An open chat whose page tells when something ran, and the addresses that were asked for elsewhere."""
    page = person().page
    foreign: list[str] = []
    page.on("request", lambda asked: None if asked.url.startswith(house.address) else foreign.append(asked.url))
    page.evaluate("() => { window.ran = window.alert = window.print = () => { window.hasRun = true; }; }")
    open_chat(page)
    page.get_by_label("Write a message").wait_for()
    return page, foreign


def turn(number: int, role: str, text: str) -> dict[str, Any]:
    sources = [{"number": 1, "title": text, "url": text}]
    said = {"id": f"t{number}-{role}", "role": role, "text": text, "at": 0, "name": text}
    if role != BOT:
        return said
    return {**said, "outcome": "answered", "sentences": [{"text": text, "sources": [1]}], "sources": sources}


def harmless(page: Page, foreign: list[str]) -> None:
    found = page.evaluate(FOUND)
    assert set(found.pop("protocols")) <= {"http:", "https:"}
    assert found == {"ran": False, "foreign": 0, "handlers": 0, "safe": True}
    assert not foreign


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) >= 150
    assert all(text.strip() for text in PAYLOADS)


@pytest.mark.parametrize("role", ["customer", "bot", "agent"])
def test_a_text_is_shown_as_it_is_and_does_nothing(person: Callable[..., Person], house: House, role: str) -> None:
    page, foreign = watched(person, house)
    turns = [turn(number, role, text) for number, text in enumerate(PAYLOADS)]
    shown = page.evaluate(SHOW, turns)

    chip = "1" if role == BOT else ""
    assert shown == {said["id"]: said["text"] + chip for said in turns}
    harmless(page, foreign)


def test_offers_and_what_happened_do_nothing_either(person: Callable[..., Person], house: House) -> None:
    page, foreign = watched(person, house)
    offers = [
        {**turn(number, "bot", text), "outcome": "refused", "sentences": []} for number, text in enumerate(PAYLOADS)
    ]
    events = [turn(number, "event", text) for number, text in enumerate(PAYLOADS)]
    page.evaluate(SHOW, [*offers, *events])
    expect(page.locator(".articles button")).to_have_count(len(PAYLOADS))

    harmless(page, foreign)


def test_the_way_through_the_server_changes_nothing(person: Callable[..., Person], house: House) -> None:
    page, foreign = watched(person, house)
    text = " ".join(each for each in PAYLOADS if len(each) < 60)[:3900]
    say(page, "A return, please")
    expect(page.locator(".turn.bot:not(.making)")).to_have_count(2)
    (state,) = house.do(house.standin.conversations.recent())
    house.do(house.standin.say(state.id, "Mia", text, "agent-turn-1"))
    expect(page.locator(".turn.agent .words")).to_have_count(1)

    assert page.locator(".turn.agent .words").text_content() == text
    assert json.loads(page.evaluate("JSON.stringify(localStorage.kefu)"))
    harmless(page, foreign)
