"""The element for other help desks, in a page of another origin with a strict policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from bot.channels.web.pages import STATIC
from tests.bot.channels.web.conftest import API_TOKEN
from tests.bot.channels.web.elsewhere import Door, door_elsewhere
from tests.bot.channels.web.standin import RETURNS

TICKETS = "http://127.0.0.1:59998"
"""Another help desk's origin; nobody listens there, its page is made up."""
TURNS = "[{role: 'customer', text: 'Can I return this?'}]"
PAGE = """<!doctype html><html lang="en"><title>Tickets</title><style>* {{ display: none !important }}
html, body, kefu-suggest {{ display: block !important }}</style><body>
<script type="module" src="{kefu}/suggest.js"></script>
<kefu-suggest src="{kefu}" token="{token}"></kefu-suggest></body></html>"""


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with door_elsewhere(tmp_path / "knowledge", TICKETS) as door:
        yield door


@pytest.fixture
def errors() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, door: Door, errors: list[str]) -> Iterator[Page]:
    policy = f"default-src 'none'; script-src {door.address}; connect-src {door.address}; style-src 'unsafe-inline'"
    policy += "; img-src 'self'"  # what a browser looks for as the page's icon

    def show(route: Route) -> None:
        body = PAGE.format(kefu=door.address, token=API_TOKEN)
        route.fulfill(body=body, content_type="text/html", headers={"Content-Security-Policy": policy})

    context = browser.new_context()
    # A made-up page counts as one of the internet, from which loopback is out of reach.
    context.grant_permissions(["local-network-access"])
    page = context.new_page()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.route(f"{TICKETS}/**", show)
    page.goto(f"{TICKETS}/")
    yield page
    context.close()


def test_it_is_small() -> None:
    assert len((STATIC / "suggest.js").read_bytes()) <= 4_096


def test_an_agent_of_another_desk_sees_a_suggestion_with_its_evidence_and_takes_it(
    page: Page, errors: list[str]
) -> None:
    page.evaluate("() => { addEventListener('kefu-insert', (event) => { window.taken = event.detail.text; }); }")
    page.evaluate(f"() => {{ document.querySelector('kefu-suggest').turns = {TURNS}; }}")
    page.get_by_text(RETURNS.text).wait_for()
    page.get_by_role("button", name="Insert").click()
    page.get_by_text("How long can I return an item?").click()

    assert page.evaluate("window.taken") == RETURNS.text
    assert page.locator("mark").first.inner_text().startswith("You can send things back within 30 days")
    assert page.get_by_text("93 % sure").is_visible()
    assert errors == []


def test_it_says_when_there_is_nothing_to_reply_to_and_when_it_may_not(page: Page) -> None:
    page.evaluate("() => { document.querySelector('kefu-suggest').turns = [{role: 'agent', text: 'Hello'}]; }")
    page.get_by_text("Nothing to answer.").wait_for()
    page.evaluate("() => document.querySelector('kefu-suggest').setAttribute('token', 'wrong')")
    page.evaluate(f"() => {{ document.querySelector('kefu-suggest').turns = {TURNS}; }}")

    page.get_by_role("alert").filter(has_text="valid token").wait_for()
    assert page.get_by_role("button", name="Try again").is_visible()
