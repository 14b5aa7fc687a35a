"""Logging in at the desk: by a link, and from then on by a password."""

from collections.abc import Callable

from playwright.sync_api import expect

from bot.accounts.base import Role
from bot.channels.web.sessions import Invitation
from tests.browser.conftest import House, Person

PASSWORD = "correct horse battery"


def test_a_link_makes_an_account_whose_password_logs_in_from_then_on(
    person: Callable[..., Person], house: House
) -> None:
    someone = person(f"/desk/login#{house.do(house.sessions.invite())}")
    page = someone.page
    page.get_by_label("Your name").fill("Mia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Enter").click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Your name").fill("Mia")
    page.get_by_label("Password").fill("something wrong")
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page).to_have_url(f"{house.address}/desk/login")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Enter").click()

    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
    someone.complaints.clear()  # the browser reports the 401


def test_a_viewer_is_offered_nothing_that_changes(person: Callable[..., Person], house: House) -> None:
    page = person(f"/desk/login#{house.do(house.sessions.invite(Invitation(Role.VIEWER)))}").page
    page.get_by_label("Your name").fill("Vera")
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()

    expect(page.locator("body")).to_have_class("desk viewer")
    expect(page.get_by_role("button", name="Take over")).to_have_count(0)
