"""Saved views of the inbox: an agent's own, those that an admin shares, and who may remove which."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bot.accounts.base import Role
from bot.accounts.saved import MOST
from bot.channels.web.sessions import Invitation
from tests.browser.conftest import House, Person
from tests.browser.test_desk import write_in
from tests.browser.test_desk_access import pytestmark as needs_axe
from tests.browser.test_desk_access import violations
from tests.browser.test_widget import QUESTION

Enter = Callable[[str, Role], Person]


@pytest.fixture
def enter(person: Callable[..., Person], house: House) -> Enter:
    """Opens the desk of somebody in a role."""

    def opened(name: str, role: Role) -> Person:
        someone = person(f"/desk/login#{house.do(house.sessions.invite(Invitation(role)))}")
        someone.page.get_by_label("Your name").fill(name)
        someone.page.get_by_role("button", name="Enter").click()
        someone.page.get_by_text("Filter and sort").click()
        return someone

    return opened


def rows(desk: Page) -> Page:
    return desk.locator("#conversations").get_by_role("button")


def keep(desk: Page, button: str, name: str) -> None:
    """Save what is shown, by keyboard alone from the button on."""
    desk.get_by_role("button", name=button).focus()
    desk.keyboard.press("Enter")
    window = desk.get_by_role("dialog", name=button)
    expect(window.get_by_label("Name of this view")).to_be_focused()
    desk.keyboard.type(name)
    desk.keyboard.press("Enter")


def names(desk: Page) -> list[str]:
    return desk.get_by_label("Saved views").locator("option").all_inner_texts()[1:]


def test_what_an_admin_shares_all_have_and_the_admin_alone_may_remove(enter: Enter, house: House) -> None:
    write_in(house, QUESTION)
    mia, tom = enter("Mia", Role.ADMIN).page, enter("Tom", Role.AGENT).page
    expect(tom.get_by_role("button", name="Save this view")).to_be_visible()
    expect(tom.get_by_role("button", name="Share with all")).to_have_count(0)
    mia.get_by_label("Status").select_option("resolved")
    keep(mia, "Share with all", "Done ones")
    expect(mia.get_by_text("Everyone at the desk has this view from now on: Done ones")).to_be_visible()
    for _ in range(2):  # closed and opened again: what colleagues shared meanwhile is there
        tom.get_by_text("Filter and sort").click()
    tom.get_by_label("Saved views").select_option(label="Done ones · shared")
    expect(tom.get_by_label("Status")).to_have_value("resolved")
    expect(rows(tom)).to_have_count(0)
    expect(tom.get_by_role("button", name="Remove views")).to_have_count(0)
    keep(tom, "Save this view", "Mine")
    expect(tom.get_by_text("Saved: Mine")).to_be_visible()
    tom.get_by_role("button", name="Remove views").click()
    expect(tom.get_by_role("button", name="Remove", exact=False)).to_have_count(2)  # the one outside is inert
    expect(tom.get_by_role("dialog").get_by_role("listitem")).to_contain_text(["Mine"])
    tom.keyboard.press("Escape")
    mia.get_by_role("button", name="Remove views").click()
    mia.get_by_role("button", name="Remove Done ones · shared").click()
    expect(mia.get_by_role("dialog").get_by_role("listitem")).to_have_count(0)
    expect(mia.get_by_role("dialog").get_by_role("button", name="Close")).to_be_focused()
    tom.reload()
    tom.get_by_text("Filter and sort").click()

    expect(tom.get_by_label("Saved views").locator("option")).to_have_text(["Saved views", "Mine"])


def test_an_agents_own_views_are_removed_one_by_one_by_keyboard(enter: Enter) -> None:
    desk = enter("Mia", Role.AGENT).page
    for name in ("One", "Two"):
        keep(desk, "Save this view", name)
        expect(desk.get_by_text(f"Saved: {name}")).to_be_visible()
    desk.get_by_role("button", name="Remove views").press("Enter")
    expect(desk.get_by_role("button", name="Remove One")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Remove One")).to_have_count(0)
    expect(desk.get_by_role("button", name="Remove Two")).to_be_focused()
    desk.keyboard.press("Escape")

    assert names(desk) == ["Two"]


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_windows_of_saved_views(enter: Enter, scheme: str) -> None:
    desk = enter("Mia", Role.ADMIN).page
    desk.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    keep(desk, "Save this view", "One")
    expect(desk.get_by_text("Saved: One")).to_be_visible()
    for name in ("Share with all", "Remove views"):
        assert violations(desk) == []
        desk.get_by_role("button", name=name).click()
        expect(desk.get_by_role("dialog", name=name)).to_be_visible()
        assert violations(desk) == []
        desk.keyboard.press("Escape")
        expect(desk.get_by_role("dialog")).to_have_count(0)


def fill_up(desk: Page) -> None:
    """Save as many views as there may be."""
    statuses = desk.evaluate(
        """async (most) => {
            const headers = { "X-Kefu": "1", "Content-Type": "application/json" };
            const view = { tab: "all", shown: "active", sort: "newest" };
            const body = (number) => JSON.stringify({ name: `View ${number}`, view });
            const done = [];
            for (let number = 0; number < most; number += 1)
                done.push((await fetch("/desk/api/views", { method: "POST", headers, body: body(number) })).status);
            return done;
        }""",
        MOST,
    )
    assert statuses == [204] * MOST


def test_a_view_too_many_and_one_that_may_not_be_shared_are_told_in_the_window(enter: Enter, house: House) -> None:
    mia, tom = enter("Mia", Role.ADMIN), enter("Tom", Role.AGENT)
    fill_up(tom.page)
    keep(tom.page, "Save this view", "One too many")
    alert = tom.page.get_by_role("dialog").get_by_role("alert")
    expect(alert).to_have_text(f"there are {MOST} views already: remove one first")
    tom.page.keyboard.press("Escape")
    expect(tom.page.get_by_label("Saved views").locator("option")).to_have_count(1 + MOST)
    mia.context.add_cookies(tom.context.cookies())  # who was an admin when the page was opened is none now
    keep(mia.page, "Share with all", "Mine for all")
    alert = mia.page.get_by_role("dialog").get_by_role("alert")
    expect(alert).to_have_text("shared views are an admin's to change")

    for someone in (mia, tom):
        someone.complaints.clear()  # the browser reports what was refused


def test_an_older_view_of_this_browser_outlives_a_refusal_of_a_new_one_of_its_name(enter: Enter) -> None:
    tom = enter("Tom", Role.AGENT)
    desk = tom.page
    fill_up(desk)
    desk.evaluate(
        "localStorage.setItem('kefu-desk-views', JSON.stringify({ Old: { tab: 'all', shown: 'resolved' } }))"
    )
    desk.reload()
    desk.get_by_text("Filter and sort").click()
    keep(desk, "Save this view", "Old")
    expect(desk.get_by_role("dialog").get_by_role("alert")).to_contain_text("remove one first")
    desk.keyboard.press("Escape")

    kept = desk.evaluate("JSON.parse(localStorage.getItem('kefu-desk-views'))")
    assert kept == {"Old": {"tab": "all", "shown": "resolved"}}
    tom.complaints.clear()  # the browser reports what was refused
