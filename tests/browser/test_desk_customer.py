"""What an agent sees of a customer beside the words: where they are, with what, and what is said of them, by whom."""

import json
import re
from collections.abc import Callable
from html import escape

import pytest
from playwright.sync_api import Page, expect

from bot.conversation.messages import About, Message, State
from tests.bot.channels.web.test_identity import signed
from tests.browser.conftest import House, Person
from tests.browser.neighbour import NEIGHBOUR
from tests.browser.test_desk import choose
from tests.browser.test_desk_access import AXE, violations
from tests.browser.test_page_api import push
from tests.browser.test_widget import ANSWER, QUESTION, open_chat, say

PAGE = "<!doctype html><html lang=en><title>{title}</title><script async src={kefu} data-kefu {attributes}></script>"
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0"


def shop(person: Callable[..., Person], house: House, path: str, attributes: object, title: str = "Bikes") -> Page:
    """A page of another site that tells attributes in the widget's tag."""
    tag = f'data-attributes="{escape(attributes if isinstance(attributes, str) else json.dumps(attributes))}"'
    kefu = f"{house.address}/widget.js"
    NEIGHBOUR.page, NEIGHBOUR.headers = PAGE.format(title=escape(title), kefu=kefu, attributes=tag), {}
    page = person("/healthz", user_agent=FIREFOX).page
    page.goto(NEIGHBOUR.origin + path)
    return page


def state(house: House) -> State:
    return house.do(house.standin.conversations.recent())[0]


def ask(page: Page, answers: int = 1) -> None:
    """Ask, and wait until there are so many answers."""
    say(page, QUESTION)
    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(answers)


def told(desk: Page, label: str) -> list[str]:
    """The rows of the side panel under a label."""
    return (
        desk.locator("aside.customer dt", has_text=re.compile(f"^{re.escape(label)}$"))
        .locator("+ dd")
        .all_inner_texts()
    )


def test_an_agent_sees_where_the_customer_is_and_what_the_page_says_of_them(
    person: Callable[..., Person], agent: Callable[..., Person], house: House
) -> None:
    page = shop(
        person, house, "/bikes?item=7&session=SECRET#SECRET", {"cart": 2, "coupon": "SPRING"}, "City <b>bikes</b>"
    )
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    open_chat(page)
    ask(page)
    desk = agent().page
    choose(desk, "Visitor")

    assert told(desk, "Page") == [f"{NEIGHBOUR.origin}/bikes?item&session"]
    assert told(desk, "Page title") == ["City <b>bikes</b>"]
    assert told(desk, "Language") == ["en"]
    assert told(desk, "Browser") == ["Firefox on Android"]
    assert told(desk, "cart") == ["2"]
    expect(desk.get_by_role("heading", name="Said by the page, not verified")).to_be_visible()
    expect(desk.get_by_role("heading", name="Signed by your site")).to_be_hidden()
    assert not any("SECRET" in body for body in sent)
    assert any("SPRING" in body for body in sent)

    page.evaluate("history.pushState({}, '', '/cart'); document.title = 'Your cart'")
    push(page, "setAttributes", {"cart": 3})
    say(page, "And this return?")
    expect(desk.locator("aside.customer")).to_contain_text("Your cart")
    assert told(desk, "Page") == [f"{NEIGHBOUR.origin}/cart"]
    assert told(desk, "cart") == ["3"]
    assert told(desk, "coupon") == []


@pytest.mark.skipif(not AXE.exists(), reason="NOT TESTED WITH AXE: scripts/build-web has not run")
@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark", "locale": "zh-CN"}], ids=["light", "dark, Chinese"])
def test_what_the_site_has_signed_stands_apart_from_what_is_claimed(
    person: Callable[..., Person], agent: Callable[..., Person], house: House, look: dict[str, str]
) -> None:
    page = shop(person, house, "/", {"plan": "platinum"})
    expect(page.get_by_role("button", name="Open the chat")).to_be_visible()
    push(page, "identify", signed(name="Ada", plan="gold", orders=3))
    open_chat(page)
    ask(page)
    desk = agent().page
    if look:
        desk.evaluate("localStorage.setItem('kefu-desk-locale', '\"zh\"')")
        desk.emulate_media(color_scheme="dark")
        desk.reload()
    choose(desk, "Ada")
    signed_part, claimed_part = desk.locator("dl.signed"), desk.locator("dl.claimed")

    expect(signed_part).to_have_text("plangoldorders3")
    expect(claimed_part).to_have_text("planplatinum")
    seal = "node => getComputedStyle(node.querySelector('dd'), '::before').content"
    assert "✓" in signed_part.evaluate(seal)
    assert "✓" not in claimed_part.evaluate(seal)
    expect(desk.get_by_role("heading", name="由您的网站签名" if look else "Signed by your site")).to_be_visible()
    assert told(desk, "浏览器" if look else "Browser") == ["Android 上的 Firefox" if look else "Firefox on Android"]
    assert violations(desk) == []


def test_the_desk_links_to_pages_of_the_owner_s_sites_alone(agent: Callable[..., Person], house: House) -> None:
    desk = agent().page
    side = desk.locator("aside.customer")
    for number, (page, leads) in enumerate(
        {
            f"{NEIGHBOUR.origin}/bikes": True,
            f"{NEIGHBOUR.origin}/bikes?item": False,
            f"{house.address}/": True,
            "https://evil.example/login": False,
            f"{NEIGHBOUR.origin}.evil.example/": False,
            "https://1.2.3.4.5:99999/": False,
            f"{NEIGHBOUR.origin}/reset/…": False,
        }.items()
    ):
        name = f"web:{number:04}{'0' * 28}"
        house.do(house.standin.receive(Message(name, "message-1", QUESTION, 1.0, about=About(page))))
        choose(desk, f"Visitor {number:04}")
        expect(side).to_contain_text(page)
        link = side.get_by_role("link")

        expect(link).to_have_count(int(leads))
        if leads:
            expect(link).to_have_attribute("href", page)
            expect(link).to_have_attribute("rel", "noopener noreferrer")


@pytest.mark.parametrize("attributes", ["{no json", "7", "null", '["a"]', json.dumps({"a": "b" * 30_000}), ""])
def test_attributes_that_are_none_keep_no_message_back(
    person: Callable[..., Person], house: House, attributes: str
) -> None:
    page = shop(person, house, "/", attributes, "😀" * 30_000)
    page.evaluate(
        "() => { const round = {}; round.round = round; kefu.setAttributes(round); kefu.setAttributes(null); }"
    )
    open_chat(page)
    ask(page)

    assert state(house).about.claimed in ({}, {"0": "a"})
    assert len(state(house).about.title) == 200


def test_attributes_that_are_set_by_script_do_not_fetch_the_chat(person: Callable[..., Person], house: House) -> None:
    page = shop(person, house, "/", {})
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    expect(page.get_by_role("button", name="Open the chat")).to_be_visible()
    push(page, "setAttributes", {"cart": 2})
    page.evaluate("kefu.setAttributes({cart: 3, vip: true})")
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 300))")
    before = list(fetched)
    open_chat(page)
    ask(page)

    assert before == []
    assert any(url.endswith("/widget/main.js") for url in fetched)
    assert state(house).about.claimed == {"cart": "3", "vip": "true"}


def test_what_was_said_of_a_customer_who_has_left_is_not_said_of_the_next(
    person: Callable[..., Person], house: House
) -> None:
    page = shop(person, house, "/", {"theme": "summer"})
    push(page, "identify", signed(sub="customer-7", name="Ada", plan="gold"))
    push(page, "setAttributes", {"cart": 2})
    open_chat(page)
    ask(page)
    ada = state(house).about
    push(page, "identify", None)
    expect(page.locator(".turn.customer")).to_have_count(0)
    ask(page)
    next_one = state(house)

    assert (ada.signed, ada.claimed) == ({"plan": "gold"}, {"cart": "2"})
    assert next_one.name == ""
    assert (next_one.about.signed, next_one.about.claimed) == ({}, {"theme": "summer"})
