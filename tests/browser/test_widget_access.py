"""The widget for everyone: axe finds nothing, the keyboard is enough, and what is new is told."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Person
from tests.browser.test_widget import ANSWER, QUESTION, say

AXE = Path(__file__).parents[2] / "bot" / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
PAGE = """<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script async src="/widget.js" data-kefu data-suggest="Can I return this lamp?|Where is my order?"></script>
</head><body><main><h1>Shop</h1></main></body></html>"""

FOCUSED = """() => {
    const at = document.querySelector("kefu-chat").shadowRoot.activeElement;
    return at ? (at.ariaLabel || at.textContent).trim() : "";
}"""

needs_axe = pytest.mark.skipif(not AXE.exists(), reason="NO ACCESSIBILITY TESTED: run scripts/build-web")


def enter(person: Callable[..., Person], language: str, **options: Any) -> Person:
    """Someone before a page in a language."""
    someone = person("/healthz", **options)
    direction = "rtl" if language == "ar" else "ltr"
    body = PAGE.format(language=language, direction=direction)
    someone.page.route("**/shop-page", lambda route: route.fulfill(content_type="text/html", body=body))
    if AXE.exists():
        someone.context.add_init_script(path=AXE)
    someone.page.goto("/shop-page")
    someone.page.locator("kefu-chat button").first.wait_for()
    return someone


def violations(page: Page) -> list[str]:
    """What axe objects to in the widget, of any impact."""
    page.wait_for_timeout(250)  # the panel rises: half seen, colours are others
    found = page.evaluate("async () => (await axe.run({ include: [['kefu-chat']] })).violations")
    return [
        f"{each['id']}: {node['html'][:120]} {node['failureSummary']}" for each in found for node in each["nodes"]
    ]


@needs_axe
@pytest.mark.parametrize("language", ["en", "zh", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(
    person: Callable[..., Person], house: House, screen: str, scheme: str, language: str
) -> None:
    someone = enter(person, language, color_scheme=scheme, **SCREENS[screen])
    page = someone.page
    assert violations(page) == []
    page.locator("kefu-chat button").click()
    page.locator("textarea").wait_for()
    assert violations(page) == []
    page.locator(".quick button").first.click()
    page.locator(".turn.bot .chip").first.click()
    page.locator(".rating button").last.click()
    page.locator(".why input").wait_for()
    page.locator(".more").click()
    assert violations(page) == []
    page.locator("textarea").fill("refuse me")
    page.keyboard.press("Enter")
    page.locator(".failed").wait_for()
    page.locator("textarea").fill("Do you sell boats?")
    page.keyboard.press("Enter")
    page.locator(".articles button").first.wait_for()
    assert violations(page) == []
    someone.complaints.clear()  # the browser reports the 422


def reach(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus."""
    for _ in range(30):
        if page.evaluate(FOCUSED).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {name}")


def test_the_keyboard_is_enough(person: Callable[..., Person], house: House) -> None:
    page = enter(person, "en").page
    reach(page, "Open the chat")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Write a message")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()
    reach(page, "Source 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("Read more"))).to_be_visible()
    reach(page, "Not helpful")
    page.keyboard.press("Space")
    reach(page, "Why?")
    page.keyboard.type("Not my question")
    page.keyboard.press("Enter")
    expect(page.locator(".why")).to_have_count(0)
    reach(page, "Talk to a person")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="A colleague has been called")).to_be_disabled()
    expect(page.get_by_label("Write a message")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Open the chat")).to_be_focused()


def test_tab_goes_round_while_the_panel_covers_the_page(person: Callable[..., Person]) -> None:
    page = enter(person, "en", **SCREENS["phone"]).page
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "kefu-chat"


def test_what_is_new_is_told_and_what_stands_is_not_told_again(person: Callable[..., Person], house: House) -> None:
    page = enter(person, "en").page
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    house.call(house.standin.may_answer.clear)
    say(page, QUESTION)
    making = page.locator(".turn.making .words")
    expect(making).to_contain_text("Shipping back is free.")
    making.locator("span").first.evaluate("node => (node.dataset.seen = 'yes')")
    house.call(house.standin.may_answer.set)
    expect(page.get_by_role("button", name=re.compile("Source 1"))).to_be_visible()

    expect(page.locator(".turn.bot .words", has_text=ANSWER).locator("span").first).to_have_attribute(
        "data-seen", "yes"
    )
    expect(page.locator(".banner")).to_have_role("status")


def test_who_wants_no_motion_sees_none(person: Callable[..., Person]) -> None:
    page = enter(person, "en", reduced_motion="reduce").page
    page.get_by_role("button", name="Open the chat").click()
    style = page.get_by_role("dialog").evaluate("node => getComputedStyle(node).animationName")

    assert style == "none"


def test_a_page_at_twice_its_size_still_holds_all(person: Callable[..., Person]) -> None:
    page = enter(person, "en", viewport={"width": 640, "height": 400}).page
    page.get_by_role("button", name="Open the chat").click()
    for name in ("Close the chat", "Talk to a person", "Send"):
        place = page.get_by_role("button", name=name).bounding_box()
        assert place is not None
        assert place["y"] >= 0
        assert place["y"] + place["height"] <= 400
