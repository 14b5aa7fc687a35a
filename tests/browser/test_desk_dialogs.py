"""Windows over the desk: where the focus goes when they close, and what is told while one is open."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Person
from tests.browser.test_desk import choose, write_in
from tests.browser.test_widget import QUESTION


def tagged(desk: Page) -> None:
    desk.keyboard.press("Alt+KeyG")
    desk.get_by_role("combobox", name="Tag").fill("vip")
    desk.keyboard.press("Enter")
    expect(desk.locator("main .tag.own")).to_contain_text("vip")


def snoozed(desk: Page) -> None:
    desk.keyboard.press("Alt+KeyM")
    desk.get_by_role("button", name=re.compile("In an hour")).click()
    expect(desk.get_by_text("Mia snoozed the conversation")).to_be_visible()


def escaped(desk: Page) -> None:
    desk.keyboard.press("Alt+KeyA")
    expect(desk.get_by_role("dialog", name="Assign")).to_be_visible()
    desk.keyboard.press("Escape")


def commanded(desk: Page) -> None:
    desk.keyboard.press("Control+KeyK")
    desk.get_by_role("combobox", name="Commands").fill("assign")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("dialog", name="Assign")).to_be_visible()
    desk.keyboard.press("Escape")


@pytest.mark.parametrize("used", [tagged, snoozed, escaped, commanded])
def test_who_was_writing_goes_on_writing_when_a_window_closes(
    agent: Callable[..., Person], house: House, used: Callable[[Page], None]
) -> None:
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    draft = desk.get_by_label("Reply to the customer")
    draft.press_sequentially("One ")
    used(desk)
    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.keyboard.type("two")

    expect(draft).to_be_focused()
    expect(draft).to_have_value("One two")


def test_a_saved_entry_leaves_the_focus_where_it_was(agent: Callable[..., Person], house: House) -> None:
    (name,) = write_in(house, "Do you repair lamps?")
    desk = agent().page
    choose(desk, name)
    draft = desk.get_by_label("Reply to the customer")
    draft.fill("Yes, bring your lamp to the shop.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".turn.agent")).to_have_count(1)
    draft.click()
    desk.keyboard.press("Alt+KeyU")
    desk.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("The bot knows it from now on.")).to_be_visible()
    desk.keyboard.type("/he")

    expect(draft).to_have_value("/he")
