"""What the page around the widget may say to it, and hear."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.bot.channels.web.test_identity import signed
from tests.browser.conftest import House, Person
from tests.browser.test_widget import ANSWER, QUESTION, kept, open_chat, say


def push(page: Page, *call: Any) -> None:
    page.evaluate("call => kefu.push(call)", list(call))


def names(house: House) -> list[str]:
    return [state.name for state in house.do(house.standin.conversations.recent())]


def test_opens_closes_and_sends(person: Callable[..., Person]) -> None:
    page = person().page
    push(page, "open")
    expect(page.get_by_label("Write a message")).to_be_focused()
    push(page, "toggle")
    expect(page.get_by_role("button", name="Open the chat")).to_be_visible()

    push(page, "prefill", QUESTION)
    expect(page.get_by_label("Write a message")).to_have_value(QUESTION)
    push(page, "send", "  Where is my parcel?  ")
    expect(page.locator(".turn.customer .words")).to_have_text("Where is my parcel?")
    push(page, "nothing", "of the kind")


def test_what_was_said_before_it_came_is_obeyed(person: Callable[..., Person]) -> None:
    page = person().page
    page.add_init_script(
        """
        window.kefu = [["on", "open", () => (document.body.dataset.heard = "open")], ["open"]];
        """
    )
    page.reload()

    expect(page.get_by_label("Write a message")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-heard", "open")


def test_the_page_hears_questions_and_answers(person: Callable[..., Person]) -> None:
    page = person().page
    page.evaluate(
        """() => {
          for (const kind of ["message", "answer"]) {
            kefu.push(["on", kind, (text) => (document.body.dataset[kind] = text)]);
          }
        }"""
    )
    open_chat(page)
    say(page, QUESTION)
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)

    body = page.locator("body")
    expect(body).to_have_attribute("data-message", QUESTION)
    expect(body).to_have_attribute("data-answer", re.compile(f"^{re.escape(ANSWER)}"))


def test_a_known_customer_finds_the_conversation_on_another_machine(
    person: Callable[..., Person], house: House
) -> None:
    first, second = person().page, person().page
    push(first, "identify", signed(name="Ada"))
    open_chat(first)
    say(first, QUESTION)
    expect(first.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)

    push(second, "identify", signed(name="Ada"))
    open_chat(second)
    expect(second.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)
    assert names(house) == ["Ada"]


def test_the_next_customer_sees_nothing_of_the_one_before(person: Callable[..., Person], house: House) -> None:
    page = person().page
    push(page, "identify", signed(sub="ada", name="Ada"))
    open_chat(page)
    say(page, QUESTION)
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)

    push(page, "identify", signed(sub="ben", name="Ben"))
    expect(page.locator(".turn.customer")).to_have_count(0)
    say(page, "Do you sell boats?")
    expect(page.get_by_text("How long can I return an item?")).to_have_count(1)
    assert sorted(names(house)) == ["Ada", "Ben"]

    push(page, "identify", None)
    expect(page.locator(".turn.customer")).to_have_count(0)
    assert "token" not in json.loads(kept(page).get("kefu", "{}"))


def test_the_same_customer_again_changes_nothing(person: Callable[..., Person]) -> None:
    page = person().page
    push(page, "identify", signed(name="Ada"))
    open_chat(page)
    say(page, QUESTION)
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)

    page.reload()
    push(page, "identify", signed(name="Ada"))
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)
    expect(page.locator(".turn.customer .words")).to_have_text(QUESTION)


def signed_now(house: House) -> list[str]:
    return [state.about.signed.get("plan", "") for state in house.do(house.standin.conversations.recent())]


def token(page: Page) -> str:
    return str(json.loads(kept(page).get("kefu", "{}")).get("token", ""))


def test_agents_see_what_the_site_said_last_and_the_conversation_goes_on(
    person: Callable[..., Person], house: House
) -> None:
    page = person().page
    begins: list[str] = []
    page.on("request", lambda request: begins.append(request.url) if "/api/conversations" in request.url else None)
    push(page, "identify", signed(plan="free"))
    open_chat(page)
    say(page, QUESTION)
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)
    first = token(page)

    other = page.context.new_page()
    other.goto(page.url)
    push(other, "identify", signed(plan="gold", iat=int(time.time()) + 1))
    other.wait_for_function("before => JSON.parse(localStorage.kefu).token !== before", arg=first)
    newest = token(page)
    page.evaluate(
        "() => document.querySelector('kefu-chat').shadowRoot.querySelector('.turn').setAttribute('old', '')"
    )
    push(page, "identify", signed(plan="free", iat=int(time.time()) - 60))
    say(page, "Do you sell boats?")
    expect(page.locator(".turn.customer")).to_have_count(2)
    expect(page.locator(".turn.bot")).to_have_count(3)  # the greeting, and both answers

    assert signed_now(house) == ["gold"]
    assert token(page) == newest  # the older one took nothing back
    assert len(begins) == 1
    assert page.locator(".turn[old]").count() == 1  # nothing was drawn anew


def test_what_was_set_for_one_customer_is_not_told_of_the_next(person: Callable[..., Person], house: House) -> None:
    page = person().page
    push(page, "setAttributes", {"cart": 2})
    push(page, "identify", signed(sub="ada"))
    push(page, "identify", signed(sub="ada", plan="gold"))
    open_chat(page)
    say(page, QUESTION)
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)
    push(page, "identify", signed(sub="ben"))
    expect(page.locator(".turn.customer")).to_have_count(0)
    say(page, QUESTION)
    expect(page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)

    states = house.do(house.standin.conversations.recent())
    assert sorted(len(state.about.claimed) for state in states) == [0, 1]


def test_an_expired_identity_is_told_to_the_page(person: Callable[..., Person]) -> None:
    someone = person()
    page = someone.page
    page.evaluate("() => kefu.push(['on', 'identity', () => (document.body.dataset.wanted = 'yes')])")
    push(page, "identify", signed(exp=1))

    expect(page.locator("body")).to_have_attribute("data-wanted", "yes")
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_text("the identity has expired")).to_be_visible()
    assert all("401" in complaint for complaint in someone.complaints)
    someone.complaints.clear()
