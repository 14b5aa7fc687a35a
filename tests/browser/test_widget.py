"""The widget as a customer uses it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from bot.answering.answer import Answer, Mode, Outcome
from tests.bot.channels.web import standin
from tests.browser.conftest import House, Person

QUESTION = "Can I return this lamp?"
ANSWER = "You can send things back within 30 days."


def open_chat(page: Page) -> None:
    page.get_by_role("button", name="Open the chat").click()


def say(page: Page, text: str) -> None:
    page.get_by_label("Write a message").fill(text)
    page.keyboard.press("Enter")


def kept(page: Page) -> dict:
    return page.evaluate("({...localStorage})")


def turns(house: House) -> list:
    (state,) = house.do(house.standin.conversations.recent())
    return list(house.do(house.standin.conversations.read(state.id)).turns)


def test_loads_in_silence_and_stores_nothing(person: Callable[..., Person]) -> None:
    page = person().page
    open_chat(page)
    expect(page.get_by_text("Ask me anything")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Open the chat")).to_be_focused()
    assert kept(page) == {}
    assert page.context.cookies() == []


def test_a_question_streams_an_answer_with_its_sources(person: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    page = person().page
    open_chat(page)
    say(page, QUESTION)
    making = page.locator(".turn.making .words")
    expect(making).to_contain_text(ANSWER)
    expect(making.get_by_role("button")).to_have_count(0)
    house.call(house.standin.may_answer.set)
    chip = page.get_by_role("button", name="Source 1: How long can I return an item?")
    chip.click()

    link = page.get_by_role("link", name=re.compile("Read more"))
    expect(link).to_have_attribute("href", "https://shop.example/help/returns")
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)
    expect(page.locator(".typing")).to_be_hidden()
    chip.click()
    expect(link).to_be_hidden()


def test_what_is_unknown_offers_the_nearest_articles(person: Callable[..., Person]) -> None:
    page = person().page
    open_chat(page)
    say(page, "Do you sell boats?")

    expect(page.get_by_text("How long can I return an item?")).to_have_count(1)
    expect(page.get_by_role("link", name=re.compile("Read more"))).to_be_visible()
    page.get_by_role("button", name="How long can I return an item?").click()
    expect(page.locator(".turn.customer .words").last).to_have_text("How long can I return an item?")
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)


def test_a_question_back_offers_what_may_be_meant_and_a_press_asks_it(
    person: Callable[..., Person], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(standin.UNKNOWN.sources[0], id="other", title="Who pays for the way back?", url=None)
    sources = (standin.UNKNOWN.sources[0], other)
    text = "Which one?\n1. How long can I return an item?\n2. Who pays for the way back?\nPlease choose."
    clarified = Answer(Outcome.CLARIFIED, Mode.CLARIFY, text, "en", 0.2, sources=sources)
    monkeypatch.setattr(standin, "UNKNOWN", clarified)
    page = person().page
    open_chat(page)
    say(page, "Do you sell boats?")

    words = page.locator(".turn.bot .words").last
    expect(words.get_by_role("button")).to_have_text([source.title for source in sources])
    expect(words).not_to_contain_text("1.")
    expect(words).to_contain_text("Please choose.")
    words.get_by_role("button", name="How long can I return an item?").click()
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)


def test_articles_that_no_line_names_are_offered_after_the_text(
    person: Callable[..., Person], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "UNKNOWN", replace(standin.UNKNOWN, text="That is not known."))
    page = person().page
    open_chat(page)
    say(page, "Do you sell boats?")

    expect(page.get_by_text("These may help:")).to_be_visible()
    expect(page.get_by_role("button", name="How long can I return an item?")).to_be_visible()


def test_who_writes_too_fast_is_told_and_loses_nothing(person: Callable[..., Person], house: House) -> None:
    customer = person()
    page = customer.page
    refusals = [{"status": 429, "headers": {"Retry-After": "1"}, "json": {"error": "please wait"}}]
    page.route("**/api/messages", lambda route: route.fulfill(**refusals.pop()) if refusals else route.continue_())
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_text("Many messages at once: goes on in 1 s")).to_be_visible()

    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)
    expect(page.locator(".pending")).to_have_count(0)
    customer.complaints.clear()  # the browser reports the 429


def test_two_tabs_of_one_customer_hold_one_conversation(person: Callable[..., Person], house: House) -> None:
    customer = person()
    first, second = customer.page, customer.context.new_page()
    second.goto("/")
    for page in (first, second):
        open_chat(page)
    customer.context.set_offline(True)
    say(first, "A return from the first tab")
    say(second, "A return from the second tab")
    customer.context.set_offline(False)

    for page in (first, second):
        expect(page.locator(".turn.customer")).to_have_count(2)
        expect(page.locator(".pending")).to_have_count(0)
        expect(page.locator(".turn.bot:not(.making)", has_text=ANSWER).first).to_be_visible()
    said = sorted(turn.text for turn in turns(house) if turn.role == "customer")
    assert said == ["A return from the first tab", "A return from the second tab"]
    for page in (first, second):
        page.reload()
        expect(page.locator(".turn.customer")).to_have_count(2)
    assert list(kept(first)) == ["kefu"]
    customer.complaints.clear()  # the browser reports the requests that failed offline


def test_a_hidden_tab_hangs_up_and_misses_nothing(person: Callable[..., Person], house: House) -> None:
    customer = person("/healthz")
    page = customer.page
    page.clock.install()
    heads = []
    page.on("request", lambda asked: heads.append(asked.headers) if asked.url.endswith("/api/events") else None)
    page.goto("/")
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()
    page.keyboard.press("Escape")
    show(page, False)
    with page.expect_event("requestfailed", lambda ended: ended.url.endswith("/api/events")):
        page.clock.fast_forward(61_000)
    page.clock.run_for(20_000)
    assert len(heads) == 1
    (state,) = house.do(house.standin.conversations.recent())
    house.do(house.standin.say(state.id, "Mia", "Anything else?", "agent-turn-1"))
    expect(page.get_by_role("button", name="Open the chat", exact=True)).to_be_visible()
    show(page, True)

    page.get_by_role("button", name="Open the chat (1 new message)").click()
    expect(page.locator(".turn.agent .words")).to_have_text("Anything else?")
    assert len(heads) == 2
    assert heads[1]["last-event-id"]


def show(page: Page, visible: bool) -> None:
    page.evaluate(
        """visible => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => !visible });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        visible,
    )


@pytest.mark.parametrize("left", ["7", "not JSON", "null", '{"token": {}}', '{"token": "forged"}'])
def test_a_damaged_memory_is_no_obstacle(person: Callable[..., Person], left: str) -> None:
    customer = person("/desk/login")
    page = customer.page
    page.evaluate("left => ['kefu', 'kefu:1'].forEach(key => localStorage.setItem(key, left))", left)
    page.goto("/")
    open_chat(page)
    say(page, QUESTION)

    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()
    customer.complaints.clear()  # the browser reports the forged token's 401


def test_direction_marks_hide_no_address(person: Callable[..., Person]) -> None:
    page = person().page
    open_chat(page)
    say(page, "\u202ehttps://shop.example/\u202emoc.knab and مرحبا")

    link = page.locator(".turn.customer a")
    expect(link).to_have_text("https://shop.example/")
    assert link.evaluate("node => getComputedStyle(node).unicodeBidi") == "isolate"


def test_markup_stays_text(person: Callable[..., Person]) -> None:
    page = person().page
    open_chat(page)
    say(page, "<img src=x onerror=alert(1)> javascript:alert(1) https://shop.example/a?b=1.")

    expect(page.locator(".turn.customer .words")).to_contain_text("<img src=x onerror=alert(1)> javascript:alert(1)")
    assert page.locator("kefu-chat img").count() == 0
    link = page.locator(".turn.customer a")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "https://shop.example/a?b=1")


def test_a_reload_shows_the_same_conversation(person: Callable[..., Person], house: House) -> None:
    page = person().page
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()
    page.reload()

    expect(page.locator(".turn.customer .words")).to_have_text(QUESTION)
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)
    assert list(kept(page)) == ["kefu"]
    assert set(json.loads(kept(page)["kefu"])) == {"token", "open"}
    assert len(turns(house)) == 2


def test_a_message_written_offline_is_delivered_once_when_the_net_is_back(
    person: Callable[..., Person], house: House
) -> None:
    customer = person()
    page = customer.page
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()
    customer.context.set_offline(True)
    say(page, "Is the return free?")
    expect(page.get_by_text("No connection.")).to_be_visible()
    say(page, "And how do I pack the return?")
    expect(page.get_by_text("Waiting for the connection")).to_have_count(2)
    written = [QUESTION, "Is the return free?", "And how do I pack the return?"]
    expect(page.locator(".turn.customer .words")).to_have_text(written)
    customer.context.set_offline(False)

    expect(page.locator(".turn.bot:not(.making)", has_text=ANSWER).nth(1)).to_be_visible()
    expect(page.locator(".turn.customer .words")).to_have_text(written)
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator(".banner")).to_be_hidden()
    assert [turn.text for turn in turns(house) if turn.role == "customer"] == written
    customer.complaints.clear()  # the browser itself reports the requests that failed offline


def test_a_restarted_server_loses_and_doubles_nothing(person: Callable[..., Person], house: House) -> None:
    customer = person()
    page = customer.page
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()
    house.restart()
    say(page, "May I return it open?")

    expect(page.locator(".turn.bot:not(.making)", has_text=ANSWER)).to_have_count(2)
    expect(page.locator(".turn.customer")).to_have_count(2)
    assert [turn.role for turn in turns(house)] == ["customer", "bot", "customer", "bot"]
    customer.complaints.clear()  # as above, while the server was away


def test_a_refused_message_says_why_and_can_be_tried_again(person: Callable[..., Person]) -> None:
    customer = person()
    page = customer.page
    open_chat(page)
    say(page, "refuse me")

    expect(page.get_by_text("Not sent. the message is of a kind that no one can answer")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_enabled()
    customer.complaints.clear()  # the browser reports the 422


def test_a_person_can_be_asked_for(person: Callable[..., Person]) -> None:
    page = person().page
    open_chat(page)
    page.get_by_role("button", name="Talk to a person").click()

    expect(page.get_by_role("button", name="A colleague has been called")).to_be_disabled()
    expect(page.locator(".turn.customer .words")).to_have_text("Talk to a person")
    expect(page.locator(".status")).to_have_text("A colleague will be with you soon")


def test_a_new_conversation_starts_empty(person: Callable[..., Person], house: House) -> None:
    page = person().page
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="Begin new").click()
    expect(page.locator(".turn.customer")).to_have_count(0)
    assert kept(page) == {}
    say(page, "Another return?")
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()

    assert len(house.do(house.standin.conversations.recent())) == 2


def test_enter_that_ends_a_chinese_word_sends_nothing(person: Callable[..., Person]) -> None:
    page = person().page
    open_chat(page)
    page.get_by_label("Write a message").fill("退货")
    page.evaluate(
        """() => document.querySelector("kefu-chat").shadowRoot.querySelector("textarea").dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }))"""
    )

    expect(page.locator(".turn.customer")).to_have_count(0)
    expect(page.get_by_label("Write a message")).to_have_value("退货")


def test_speaks_the_page_s_language(person: Callable[..., Person]) -> None:
    customer = person("/healthz")
    page = customer.page
    page.route(
        "**/chinese",
        lambda route: route.fulfill(
            content_type="text/html",
            body='<html lang="zh-CN"><body><script async src="/widget.js" data-kefu></script></body></html>',
        ),
    )
    page.goto("/chinese")
    page.get_by_role("button", name="打开聊天").click()

    expect(page.get_by_role("button", name="联系人工客服")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_a_small_phone(person: Callable[..., Person], scheme: str) -> None:
    phone = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True, "color_scheme": scheme}
    page = person(**phone).page
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()

    box = page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 320, "height": 640}
    for name in ("Close the chat", "New conversation", "Talk to a person", "Send"):
        place = page.get_by_role("button", name=name).bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 320
        assert place["y"] + place["height"] <= 640
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    size = page.get_by_label("Write a message").evaluate("node => getComputedStyle(node).fontSize")
    assert size == "16px"
