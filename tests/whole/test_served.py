"""A customer and an agent in two windows of a real Chromium, before the whole house with its real models."""

import json
import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.whole.conftest import CHROMIUM, Served

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER TESTED: install Debian's package chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def customer(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(served.address)
    page.get_by_role("button", name=re.compile("chat", re.I)).first.click()
    yield page
    context.close()


def ask(page: Page, text: str) -> None:
    box = page.get_by_role("textbox").first
    box.fill(text)
    box.press("Enter")


def test_a_question_streams_an_answer_with_its_source(customer: Page) -> None:
    ask(customer, "how many days do I have to send something back?")
    expect(customer.get_by_text("within 30 days of delivery")).to_be_visible(timeout=15_000)
    customer.get_by_role("button", name=re.compile("1")).last.click()
    expect(customer.get_by_text("Returning goods").first).to_be_visible()


def test_an_agent_takes_over_in_a_second_window_and_the_bot_is_silent(
    browser: Browser, customer: Page, served: Served
) -> None:
    ask(customer, "Which ways of paying do you take?")
    expect(customer.get_by_text("bank transfer").first).to_be_visible(timeout=15_000)
    desk = browser.new_context().new_page()
    desk.goto(served.login)
    desk.get_by_role("textbox").first.fill("Mia")
    desk.get_by_role("textbox").first.press("Enter")
    desk.get_by_text("You can pay by").first.click()
    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_role("button", name="Hand back")).to_be_visible()
    ask(customer, "What does shipping to Austria cost?")
    expect(desk.get_by_text("What does shipping to Austria cost?").first).to_be_visible()
    desk.get_by_role("textbox").last.fill("Hello, Mia here: let me check.")
    desk.get_by_role("textbox").last.press("Control+Enter")
    expect(customer.get_by_text("Hello, Mia here: let me check.")).to_be_visible(timeout=10_000)
    customer.wait_for_timeout(1500)
    expect(customer.get_by_text("8.90")).to_have_count(0)


def test_the_house_is_alive_and_ready(served: Served) -> None:
    for path in ("healthz", "readyz"):
        with urllib.request.urlopen(f"{served.address}/{path}", timeout=10) as response:
            assert response.status == 200
            assert json.load(response)


def test_no_customers_words_stand_in_the_log(customer: Page, served: Served) -> None:
    ask(customer, "do you know zanzibarquux about my order?")
    expect(customer.get_by_role("log").get_by_text("zanzibarquux").first).to_be_visible()
    customer.wait_for_timeout(1500)
    assert "zanzibarquux" not in served.log.read_text("utf-8")
