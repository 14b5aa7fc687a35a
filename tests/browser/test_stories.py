"""A customer's whole story, with an agent in a second browser, at a running `kefu serve` with real stores.

No model is needed: what is asked is asked in the knowledge's own words.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_widget import open_chat, say
from tests.fakes.house import KefuHouse, Serving

pytestmark = [pytest.mark.server, pytest.mark.slow]

KNOWLEDGE = """id,question,answer,language,url
returns,How long do I have to send something back?,You have 30 days to return an item.,en,https://shop.example/returns
shipping,How much does shipping cost?,Shipping costs 4.90 euros within Germany.,en,https://shop.example/shipping
hours,When is the shop open?,The shop is open from 9 to 18 on weekdays.,en,
payment,Which ways of paying do you take?,You can pay by card or by bank transfer.,en,
"""
RETURNS, SHIPPING = "How long do I have to send something back?", "How much does shipping cost?"
UNKNOWN = "Which wine goes with salmon?"
PASSWORD = "correct horse battery"
Enter = Callable[[str], Page]


@pytest.fixture(scope="module")
def home() -> Iterator[KefuHouse]:
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        home = KefuHouse(Path(folder).resolve())
        home.build(content=KNOWLEDGE)
        yield home


@pytest.fixture(scope="module")
def served(home: KefuHouse) -> Iterator[Serving]:
    with home.serving(BURST_SECONDS="0") as serving:
        yield serving


@pytest.fixture
def refusals() -> tuple[str, ...]:
    """What the server refuses in a story, as browsers report it."""
    return ()


@pytest.fixture
def enter(browser: Browser, served: Serving, refusals: tuple[str, ...]) -> Iterator[Enter]:
    """Opens a browser of its own at a path; whatever else a console or a policy objects to fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_browser(path: str) -> Page:
        context = browser.new_context(base_url=served.address, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert [each for each in complaints if not any(known in each for known in refusals)] == []


def log_in(desk: Page, name: str) -> Page:
    desk.get_by_label("Your name").fill(name)
    desk.get_by_label("Password").fill(PASSWORD)
    desk.get_by_role("button", name="Enter").click()
    desk.get_by_role("heading", name="Conversations").wait_for()
    return desk


@pytest.fixture
def agent(enter: Enter, served: Serving) -> Page:
    """The desk of Mia, who came by the link and chose a password."""
    return log_in(enter(f"/desk/login#{served.secret}"), "Mia")


def bot_said(customer: Page, text: str) -> None:
    expect(customer.locator(".turn.bot:not(.making) .words", has_text=text).last).to_be_visible(timeout=15_000)


def choose(desk: Page, shown: str, asked: str) -> None:
    """Open the conversation whose row shows something; a customer has asked this in it."""
    desk.locator("#conversations").get_by_role("button", name=re.compile("Visitor")).filter(has_text=shown).click()
    expect(desk.locator(".turn.customer .words", has_text=asked)).to_be_visible()


def reply(desk: Page, text: str) -> None:
    desk.get_by_label("Reply to the customer").fill(text)
    desk.keyboard.press("Control+Enter")


def test_a_customer_is_answered_refused_called_for_helped_and_asked_how_it_was(enter: Enter, agent: Page) -> None:
    customer = enter("/")
    open_chat(customer)
    say(customer, RETURNS)
    bot_said(customer, "You have 30 days to return an item.")
    customer.get_by_role("button", name=re.compile("Source 1")).click()
    expect(customer.get_by_role("link", name=re.compile("Read more"))).to_have_attribute(
        "href", "https://shop.example/returns"
    )
    customer.get_by_role("button", name="Helpful", exact=True).click()
    expect(customer.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")
    say(customer, SHIPPING)
    bot_said(customer, "4.90")
    said = customer.locator(".turn.bot:not(.making)").count()
    say(customer, UNKNOWN)
    expect(customer.locator(".turn.bot:not(.making)")).to_have_count(said + 1, timeout=15_000)
    expect(customer.get_by_text("4.90 euros")).to_have_count(1)
    customer.get_by_role("button", name="Talk to a person").click()
    expect(customer.get_by_role("button", name="A colleague has been called")).to_be_disabled()
    choose(agent, "Waiting", UNKNOWN)
    expect(agent.get_by_text("The customer found this answer helpful")).to_be_visible()
    reply(agent, "Mia here: a dry white one.")
    expect(customer.locator(".turn.agent .words")).to_have_text("Mia here: a dry white one.")
    expect(customer.locator(".status")).to_have_text("Mia · our team")
    say(customer, "Thank you!")
    expect(agent.locator(".turn.customer .words", has_text="Thank you!")).to_be_visible()
    agent.get_by_role("button", name="Resolve", exact=True).click()
    expect(customer.get_by_text("This conversation is closed.")).to_be_visible()
    customer.get_by_role("button", name="5 of 5 stars").click()
    expect(agent.get_by_text("The customer gave 5 of 5 stars")).to_be_visible()
    customer.get_by_role("button", name="New conversation").click()
    customer.get_by_role("button", name="Begin new").click()
    expect(customer.locator(".turn.customer")).to_have_count(0)
    say(customer, RETURNS)
    bot_said(customer, "You have 30 days to return an item.")
