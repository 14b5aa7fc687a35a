"""Windows over the desk: where the focus goes when they close, and what is told while one is open."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bot.desk.correcting import new_correction
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


def test_a_key_pressed_twice_judges_one_correction(agent: Callable[..., Person], house: House) -> None:
    for number in (1, 2):
        wanted = new_correction(act="add", entry="", question=f"Question {number}?", answer="Yes.", by="Ben")
        house.do(house.office.correcting.propose(wanted))
    desk = agent().page
    desk.keyboard.press("Control+KeyK")
    desk.get_by_role("combobox", name="Commands").fill("review")
    desk.keyboard.press("Enter")
    window = desk.get_by_role("dialog", name="Review corrections")
    window.get_by_role("button", name="Reject").first.focus()
    desk.keyboard.press("Enter")
    expect(window.get_by_role("listitem")).to_have_count(1)
    expect(window.get_by_role("listitem")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")

    expect(window.get_by_role("button", name="Approve")).to_be_focused()
    assert sorted(each.status for each in house.do(house.office.correcting.listed())) == ["pending", "rejected"]


@pytest.mark.parametrize(
    ("status", "words"), [(0, "it is not known"), (502, "it is not known"), (409, "not published yet: full.")]
)
def test_what_is_not_known_to_be_published_is_told_so(
    agent: Callable[..., Person], house: House, status: int, words: str
) -> None:
    (name,) = write_in(house, "Do you repair lamps?")
    someone = agent()
    desk = someone.page
    choose(desk, name)
    desk.get_by_label("Reply to the customer").fill("Yes, bring your lamp to the shop.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".turn.agent")).to_have_count(1)
    desk.route(
        re.compile("/corrections/"),
        lambda route: route.fulfill(status=status, json={"error": "full"}) if status else route.abort(),
    )
    desk.keyboard.press("Alt+KeyU")
    window = desk.get_by_role("dialog")
    expect(window.get_by_role("listitem")).to_have_count(3)  # what is near stands above the button and moves it
    window.get_by_role("button", name="Publish").click()

    expect(desk.get_by_text(words)).to_be_visible()
    someone.complaints.clear()  # the browser reports what was refused
