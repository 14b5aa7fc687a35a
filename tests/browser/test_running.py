"""A running house of its own process, seen from Chromium: lines that are cut (T24), closed pages and Stop (T26),
listed and other sites (T28), hostile words through real stores (T38)."""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.neighbour import Neighbour
from tests.browser.payloads import PAYLOADS
from tests.browser.test_widget import open_chat, say
from tests.browser.test_widget_payloads import harmless
from tests.fakes.house import KefuHouse
from tests.fakes.house import Serving as Served
from tests.fakes.slow_house import SENTENCES

pytestmark = [pytest.mark.server, pytest.mark.slow]

SECONDS = 6
WHOLE = " ".join(SENTENCES)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<script async src="{address}/widget.js" data-kefu></script></head><body><h1>Shop</h1></body></html>"""
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def sites() -> tuple[Neighbour, Neighbour]:
    """A site that is listed, and one that is not."""
    return Neighbour(), Neighbour()


@pytest.fixture(scope="module")
def served(sites: tuple[Neighbour, Neighbour]) -> Iterator[Served]:
    """A served house that thinks for SECONDS and can do so once at a time."""
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        house = KefuHouse(Path(folder).resolve())
        house.build()
        listed = f'["{sites[0].origin}"]'
        own = {"BURST_SECONDS": "0", "WORKERS": "1", "ANSWER_CACHE": "0", "ALLOWED_ORIGINS": listed}
        with house.serving_by("tests.fakes.slow_house", str(SECONDS), **own) as serving:
            yield serving


@pytest.fixture
def enter(browser: Browser, served: Served) -> Iterator[Enter]:
    """Opens a browser of its own."""
    contexts: list[BrowserContext] = []

    def open_browser(at: str = "", **options: Any) -> Page:
        context = browser.new_context(locale="en-GB", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(at or served.address)
        return page

    yield open_browser
    for context in contexts:
        context.close()


def answers(page: Page) -> Any:
    return page.locator(".turn.bot:not(.making) .words", has_text=SENTENCES[-1])


def test_an_answer_is_whole_however_often_the_line_is_cut(enter: Enter) -> None:
    page = enter()
    opened: list[str] = []
    page.on("request", lambda request: opened.append(request.url) if request.url.endswith("/events") else None)
    open_chat(page)
    say(page, "How long?")
    making = page.locator(".turn.making .words")
    expect(making).to_contain_text(SENTENCES[0], timeout=20_000)
    for cut in (1, 2, 3):
        page.context.set_offline(True)
        page.wait_for_timeout(300 * cut)
        page.context.set_offline(False)
        page.wait_for_timeout(300)

    expect(answers(page)).to_have_text(WHOLE, timeout=20_000)
    expect(answers(page)).to_have_count(1)
    assert len(opened) > 1


def test_a_closed_page_finds_its_answer_on_return(enter: Enter, served: Served) -> None:
    page = enter()
    open_chat(page)
    say(page, "How long?")
    expect(page.locator(".turn.making .words")).to_contain_text(SENTENCES[0], timeout=20_000)
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(served.address)

    expect(answers(again)).to_have_text(WHOLE, timeout=60_000)
    expect(again.locator(".turn.customer")).to_have_count(1)


def test_stop_frees_the_only_place_at_once(enter: Enter) -> None:
    first, second = enter(), enter()
    for page in (first, second):
        open_chat(page)
    say(first, "How long?")
    expect(first.locator(".turn.making .words")).to_contain_text(SENTENCES[0], timeout=20_000)
    say(second, "And how long?")
    second.wait_for_timeout(500)
    first.get_by_role("button", name="Stop").click()

    expect(first.get_by_text("Stopped")).to_be_visible(timeout=2_000)
    # A third of its time for the first sentence; without the stop the whole time would pass.
    expect(second.locator(".turn.making .words")).to_contain_text(SENTENCES[0], timeout=1_000 * (SECONDS / 3 + 2.5))
    expect(answers(second)).to_have_text(WHOLE, timeout=20_000)
    expect(answers(first)).to_have_count(0)


def test_a_listed_site_may_chat_and_another_may_not(
    enter: Enter, served: Served, sites: tuple[Neighbour, Neighbour]
) -> None:
    (listed, other), address = sites, served.address
    for site in sites:
        site.page = PAGE.format(address=address)
        policy = f"default-src 'none'; script-src {address}; connect-src {address}"
        site.headers = {"Content-Security-Policy": policy}
    page, stranger = enter(listed.origin), enter(other.origin)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    refused: list[str] = []
    stranger.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    for each in (page, stranger):
        open_chat(each)
        say(each, "How long?")

    expect(answers(page)).to_have_text(WHOLE, timeout=30_000)
    expect(stranger.locator(".turn.bot:not(.making) .words", has_text=SENTENCES[0])).to_have_count(0)
    assert complaints == []
    assert any("CORS" in each for each in refused)


def test_hostile_words_do_nothing_on_their_way_through_real_stores_to_both_ends(enter: Enter, served: Served) -> None:
    page = enter()
    foreign: list[str] = []
    page.on("request", lambda asked: None if asked.url.startswith(served.address) else foreign.append(asked.url))
    listen_for_scripts(page)
    open_chat(page)
    texts = PAYLOADS[:: len(PAYLOADS) // 12]
    for number, text in enumerate(texts, 1):
        page.get_by_label("Write a message").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(".turn.customer")).to_have_count(number)
    page.reload()
    expect(page.locator(".turn.customer")).to_have_count(len(texts))
    harmless(page, foreign)
    desk = enter(f"{served.address}/desk/login#{served.secret}")
    desk.on("request", lambda asked: None if asked.url.startswith(served.address) else foreign.append(asked.url))
    listen_for_scripts(desk)
    desk.get_by_label("Your name").fill("Mia")
    desk.get_by_role("button", name="Enter").click()
    rows = desk.locator("#conversations").get_by_role("button", name=re.compile("Visitor"))
    rows.first.click()
    expect(desk.locator(".turn.customer")).to_have_count(len(texts))

    assert desk.evaluate("() => window.hasRun ?? false") is False
    assert desk.locator("main img, main script, main iframe, main object").count() == 0
    assert foreign == []


def listen_for_scripts(page: Page) -> None:
    """Let the page note it when something runs that was only said."""
    page.add_init_script("window.ran = window.alert = window.print = () => { window.hasRun = true; };")
    page.evaluate("() => { window.ran = window.alert = window.print = () => { window.hasRun = true; }; }")
