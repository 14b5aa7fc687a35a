"""The agents' desk beside the customer's widget, in two windows."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import House, Person
from tests.browser.test_widget import ANSWER, QUESTION, open_chat, say


def test_an_agent_takes_over_and_the_bot_is_silent(
    person: Callable[..., Person], agent: Callable[..., Person], house: House
) -> None:
    house.call(house.standin.may_answer.clear)
    customer, desk = person().page, agent().page
    open_chat(customer)
    say(customer, QUESTION)
    expect(customer.locator(".turn.making")).to_be_visible()
    desk.get_by_role("button", name=re.compile("Visitor")).click()
    expect(desk.locator(".turn.customer .words")).to_have_text(QUESTION)
    desk.get_by_role("button", name="Take over").click()
    expect(customer.locator(".status")).to_have_text("Mia · our team")
    expect(customer.locator(".turn.making")).to_have_count(0)
    house.call(house.standin.may_answer.set)
    desk.get_by_label("Reply to the customer").fill("Mia here. Of course.")
    desk.keyboard.press("Control+Enter")
    expect(customer.locator(".turn.agent .words")).to_have_text("Mia here. Of course.")
    say(customer, "And this return?")
    expect(desk.locator(".turn.customer")).to_have_count(2)
    expect(desk.get_by_role("heading", name="Suggested reply")).to_be_visible()

    expect(customer.locator(".turn.bot", has_text=ANSWER)).to_have_count(0)
    desk.get_by_role("button", name="Hand back to the bot").click()
    expect(customer.get_by_text("The assistant answers again")).to_be_visible()
    say(customer, "A return by post?")
    expect(customer.locator(".turn.bot", has_text=ANSWER)).to_have_count(1)


def test_a_suggestion_is_inserted_changed_and_sent(
    person: Callable[..., Person], agent: Callable[..., Person]
) -> None:
    customer, desk = person().page, agent().page
    open_chat(customer)
    customer.get_by_role("button", name="Talk to a person").click()
    expect(customer.locator(".status")).to_have_text("A colleague will be with you soon")
    say(customer, QUESTION)
    row = desk.get_by_role("button", name=re.compile("Visitor"))
    expect(row).to_contain_text("Waiting")
    expect(desk).to_have_title("(1) Kefu desk")
    row.click()
    suggestion = desk.get_by_role("complementary", name="Suggested reply")
    expect(suggestion.locator("blockquote")).to_contain_text(ANSWER)
    expect(suggestion.get_by_role("listitem").first).to_contain_text("0.88")
    suggestion.get_by_role("button", name="Insert").click()
    expect(desk.get_by_label("Reply to the customer")).to_have_value(re.compile(ANSWER))
    desk.get_by_role("button", name="Send", exact=True).first.click()

    expect(customer.locator(".turn.agent .words")).to_contain_text(ANSWER)


def test_the_desk_is_live_and_shows_how_the_bot_came_to_its_answer(
    person: Callable[..., Person], agent: Callable[..., Person]
) -> None:
    desk, customer = agent().page, person().page
    open_chat(customer)
    say(customer, QUESTION)
    desk.get_by_role("button", name=re.compile("Visitor")).click()
    turn = desk.locator(".turn.bot")
    expect(turn.locator(".mode")).to_have_text("generated · 93 %")
    turn.locator("summary").click()

    expect(turn.get_by_role("listitem").first).to_contain_text("How long can I return an item?")
    expect(turn.get_by_role("listitem").first).to_contain_text(ANSWER)


def test_the_desk_works_by_keyboard(person: Callable[..., Person], agent: Callable[..., Person]) -> None:
    customer, desk = person().page, agent().page
    open_chat(customer)
    say(customer, QUESTION)
    expect(desk.get_by_role("button", name=re.compile("Visitor"))).to_be_visible()
    desk.keyboard.press("Alt+KeyJ")
    expect(desk.locator(".turn.customer .words")).to_have_text(QUESTION)
    desk.keyboard.press("Alt+KeyR")
    expect(desk.locator("blockquote")).to_contain_text(ANSWER)
    desk.keyboard.press("Alt+KeyI")
    expect(desk.get_by_label("Reply to the customer")).to_be_focused()
    desk.keyboard.press("Control+Enter")

    expect(customer.locator(".turn.agent .words")).to_contain_text(ANSWER)


def test_nobody_enters_without_a_link(person: Callable[..., Person]) -> None:
    stranger = person("/desk")
    expect(stranger.page).to_have_url(re.compile("/desk/login$"))
    expect(stranger.page.get_by_text("Open the one-time link")).to_be_visible()
    stranger.complaints.clear()  # the browser reports the 401


def test_a_used_link_says_so_and_leaves_the_address(
    person: Callable[..., Person], agent: Callable[..., Person], house: House
) -> None:
    link = house.do(house.sessions.invite())
    house.do(house.sessions.redeem(link))
    late = person(f"/desk/login#{link}")
    late.page.get_by_label("Your name").fill("Tom")
    late.page.get_by_role("button", name="Enter").click()

    expect(late.page.get_by_role("alert")).to_contain_text("used before")
    assert link not in late.page.url
    late.complaints.clear()  # the browser reports the 401


def test_the_desk_comes_back_after_a_restart(
    person: Callable[..., Person], agent: Callable[..., Person], house: House
) -> None:
    customer, desk = person(), agent()
    open_chat(customer.page)
    say(customer.page, QUESTION)
    desk.page.get_by_role("button", name=re.compile("Visitor")).click()
    expect(desk.page.locator(".turn.bot")).to_have_count(1)
    house.restart()
    say(customer.page, "And a second return?")

    expect(desk.page.locator(".turn.bot:not(.making)")).to_have_count(2)
    expect(desk.page.locator(".turn.customer")).to_have_count(2)
    for someone in (customer, desk):
        someone.complaints.clear()  # browsers report what failed while the server was away
