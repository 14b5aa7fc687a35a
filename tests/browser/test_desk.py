"""The agents' desk beside the customer's widget, in two windows."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from bot.conversation.messages import Message
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
    person: Callable[..., Person], agent: Callable[..., Person], house: House
) -> None:
    customer, desk = person().page, agent().page
    open_chat(customer)
    customer.get_by_role("button", name="Talk to a person").click()
    expect(customer.locator(".status")).to_have_text("A colleague will be with you soon")
    house.call(house.standin.may_answer.clear)  # an answer of the bot clears the suggestion
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
    expect(desk.locator(".turn.bot:not(.making)")).to_have_count(1)  # its turn clears a suggestion
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


def write_in(house: House, *texts: str) -> list[str]:
    """A conversation of each text, in order; gives the rows' names."""
    names = []
    for number, text in enumerate(texts, 1):
        name = f"web:{number:04}{'0' * 28}"
        house.do(house.standin.receive(Message(name, f"message-{number}", text, time.time())))
        names.append(f"Visitor {number:04}")
    return names


def choose(desk: Page, name: str) -> None:
    desk.locator("#conversations").get_by_role("button", name=re.compile(name)).click()
    expect(desk.get_by_role("heading", name=name)).to_be_visible()


def test_each_conversation_keeps_its_draft_even_through_a_reload(agent: Callable[..., Person], house: House) -> None:
    first, second = write_in(house, QUESTION, "And this return?")
    desk = agent().page
    draft = desk.get_by_label("Reply to the customer")
    choose(desk, first)
    draft.fill("Half a rep")
    choose(desk, second)
    expect(draft).to_have_value("")
    draft.fill("Another")
    choose(desk, first)
    expect(draft).to_have_value("Half a rep")
    desk.reload()
    expect(draft).to_have_value("Half a rep")
    choose(desk, second)

    expect(draft).to_have_value("Another")


def test_a_reply_on_its_way_leaves_the_next_conversation_s_draft_alone(
    agent: Callable[..., Person], house: House
) -> None:
    first, second = write_in(house, QUESTION, "And this return?")
    desk = agent().page
    held: list[Route] = []
    desk.route("**/say", lambda route: held.append(route))
    draft = desk.get_by_label("Reply to the customer")
    choose(desk, first)
    draft.fill("Of course.")
    with desk.expect_request("**/say"):
        desk.keyboard.press("Control+Enter")
    choose(desk, second)
    draft.fill("Half a rep")
    with desk.expect_response("**/say"):
        held[0].continue_()
    expect(desk.locator("#conversations").get_by_role("button", name=re.compile(first))).to_contain_text("You")

    expect(draft).to_have_value("Half a rep")
    choose(desk, first)
    expect(draft).to_have_value("")
    expect(desk.locator(".turn.agent .words")).to_have_text("Of course.")


def test_a_chosen_conversation_is_never_shown_as_the_one_before(agent: Callable[..., Person], house: House) -> None:
    mine, other = write_in(house, QUESTION, "And this return?")
    desk = agent().page
    choose(desk, mine)
    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_role("button", name="Hand back to the bot")).to_be_visible()
    desk.route("**/desk/api/events*", lambda route: None)
    choose(desk, other)

    expect(desk.get_by_role("button", name="Hand back to the bot")).to_have_count(0)
    expect(desk.get_by_role("button", name="Take over")).to_be_visible()


def test_a_click_hits_the_row_that_was_pressed_whatever_comes_in(agent: Callable[..., Person], house: House) -> None:
    first, second = write_in(house, QUESTION, "And this return?")
    desk = agent().page
    rows = desk.locator("#conversations").get_by_role("button")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(second)
    choose(desk, first)
    rows.first.hover()
    desk.mouse.down()
    house.do(house.standin.say("web:0001" + "0" * 28, "Tom", "A new reply.", "agent-turn-1"))
    expect(desk.locator(".turn.agent .words")).to_have_text("A new reply.")
    expect(desk.get_by_text("Tom answers")).to_be_visible()
    expect(rows.first).to_contain_text(second)
    desk.mouse.up()

    expect(desk.get_by_role("heading", name=second)).to_be_visible()
    expect(rows.first).to_contain_text(first)


def test_who_waits_longest_is_first_among_the_waiting(agent: Callable[..., Person], house: House) -> None:
    desk = agent().page
    rows = desk.locator("#conversations").get_by_role("button")
    first, _ = write_in(house, "/human one", "/human two")
    expect(rows.filter(has_text="Waiting · asked for a person")).to_have_count(2)
    desk.get_by_role("button", name="Unassigned 2", exact=True).click()
    expect(rows.first).to_contain_text(first)
    rows.first.click()
    expect(desk.get_by_text("The customer waits for a person.")).to_be_visible()
    desk.get_by_role("button", name="Suggest a reply").click()

    expect(desk.get_by_text("it has no reply to suggest")).to_be_visible()
    expect(desk.get_by_role("complementary").get_by_role("button", name="Send")).to_have_count(0)


def test_an_agent_is_told_whose_conversation_it_is(agent: Callable[..., Person], house: House) -> None:
    (name,) = write_in(house, QUESTION)
    mia, tom = agent("Mia").page, agent("Tom").page
    for desk in (mia, tom):
        choose(desk, name)
    mia.get_by_role("button", name="Take over").click()
    expect(tom.get_by_text("Mia answers")).to_be_visible()
    expect(tom.get_by_text("Sending takes the conversation over from Mia")).to_be_visible()
    tom.get_by_label("Reply to the customer").fill("Tom here.")
    tom.keyboard.press("Control+Enter")

    expect(mia.get_by_text("Tom answers")).to_be_visible()
    expect(mia.locator(".turn.agent .words")).to_have_text("Tom here.")


@pytest.mark.parametrize("place", ["#%E0%A4%A", "#nowhere", "#web:%00"])
def test_an_address_that_names_nothing_opens_the_desk(agent: Callable[..., Person], house: House, place: str) -> None:
    write_in(house, QUESTION)
    desk = agent().page
    desk.goto(f"{house.address}/desk/login")
    desk.goto(f"{house.address}/desk{place}")

    expect(desk.locator("#conversations").get_by_role("button")).to_have_count(1)
    expect(desk.get_by_text("Choose a conversation.")).to_be_visible()
