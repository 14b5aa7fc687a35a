"""What the tag says of the widget holds before the chat is there, and after."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Person
from tests.browser.neighbour import NEIGHBOUR
from tests.browser.test_widget import open_chat
from tests.browser.test_widget_embedded import PAGE

RED, TEAL, PALE = "rgb(200, 0, 0)", "rgb(11, 107, 91)", "rgb(92, 200, 176)"


def before(person: Callable[..., Person], house: House, attributes: str, style: str = "", **options: str) -> Page:
    page = person("/healthz", reduced_motion="reduce", **options).page
    tag = f'<script async src="{house.address}/widget.js" data-kefu {attributes}></script>'
    NEIGHBOUR.page, NEIGHBOUR.headers = PAGE.format(head=f"<style>{style}</style>{tag}", body="<h1>Shop</h1>"), {}
    page.goto(NEIGHBOUR.origin)
    return page


def ground(page: Page) -> str:
    """The launcher's colour."""
    page.mouse.move(1, 1)
    button = page.get_by_role("button", name="Open the chat")
    return button.evaluate("node => getComputedStyle(node).backgroundColor")


def opened_and_closed(page: Page) -> None:
    open_chat(page)
    page.get_by_label("Write a message").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open the chat").wait_for()


@pytest.mark.parametrize(
    ("attributes", "style", "scheme", "colour"),
    [
        ("", "", "light", TEAL),
        ("", "", "dark", PALE),
        ('data-theme="dark"', "", "light", PALE),
        ('data-theme="light"', "", "dark", TEAL),
        ('data-theme="auto"', "", "dark", PALE),
        ('data-accent="#c80000"', "", "light", RED),
        ("", "kefu-chat { --kefu-accent: #c80000 }", "light", RED),
        ("", ":root { --kefu-accent: #c80000 }", "dark", RED),
    ],
)
def test_the_button_s_colour_is_the_same_before_and_after(
    person: Callable[..., Person], house: House, attributes: str, style: str, scheme: str, colour: str
) -> None:
    page = before(person, house, attributes, style, color_scheme=scheme)
    assert ground(page) == colour
    opened_and_closed(page)
    assert ground(page) == colour


def test_title_and_first_questions_are_the_site_s(person: Callable[..., Person], house: House) -> None:
    page = before(person, house, 'data-title="Ask the bike shop" data-suggest="Can I return it?|Who are you?"')
    expect(page.locator("kefu-chat")).to_have_count(1)
    open_chat(page)

    expect(page.get_by_role("dialog", name="Ask the bike shop")).to_be_visible()
    expect(page.get_by_role("heading", name="Ask the bike shop")).to_be_visible()
    expect(page.locator("kefu-chat")).not_to_have_attribute("title", "Ask the bike shop")
    page.get_by_role("button", name="Can I return it?").click()
    expect(page.locator(".turn.customer .words")).to_have_text("Can I return it?")
    expect(page.get_by_role("button", name="Who are you?")).to_have_count(0)


def test_the_tag_s_language_goes_before_the_page_s(person: Callable[..., Person], house: House) -> None:
    page = before(person, house, 'data-lang="de"')
    page.get_by_role("button", name="Chat öffnen").click()
    expect(page.get_by_label("Nachricht schreiben")).to_be_visible()
