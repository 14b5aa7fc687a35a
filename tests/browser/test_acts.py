"""Stop, ratings and ends: what customers and agents do besides writing, in a real browser."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from bot.conversation.messages import Attachment, Message
from tests.browser.conftest import House, Person
from tests.browser.test_desk import choose, write_in
from tests.browser.test_widget import ANSWER, QUESTION, open_chat, say, turns

HUMAN = "/human please"


def name_of(house: House) -> str:
    return house.do(house.standin.conversations.recent())[0].id


def answered(page: Page) -> None:
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_role("button", name="Source 1: How long can I return an item?")).to_be_visible()


def test_stop_ends_the_answer_and_keeps_what_was_said(person: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    page = person().page
    open_chat(page)
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_hidden()
    say(page, QUESTION)
    expect(page.locator(".turn.making .words")).to_contain_text(ANSWER)
    stop.click()
    expect(page.get_by_text("Stopped")).to_be_visible(timeout=1000)
    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(1)
    expect(stop).to_be_hidden()
    expect(page.get_by_label("Write a message")).to_be_focused()
    house.call(house.standin.may_answer.set)
    say(page, "And this return?")

    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(2)
    assert [turn.role for turn in turns(house)] == ["customer", "bot", "event", "customer", "bot"]


def test_an_answer_that_nobody_watched_is_there_on_return(person: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    customer = person()
    open_chat(customer.page)
    say(customer.page, QUESTION)
    expect(customer.page.locator(".turn.making")).to_be_visible()
    customer.page.close()
    house.call(house.standin.may_answer.set)
    until(lambda: len(turns(house)) == 2)
    page = customer.context.new_page()
    page.goto("/")

    expect(page.locator(".turn.customer .words")).to_have_text(QUESTION)
    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(1)


def until(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_return_in_the_middle_of_an_answer_shows_it_once(person: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    page = person().page
    open_chat(page)
    say(page, QUESTION)
    making = page.locator(".turn.making .words")
    expect(making).to_contain_text("Shipping back is free.")
    page.reload()

    expect(making).to_have_text(f"{ANSWER} Shipping back is free.")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    house.call(house.standin.may_answer.set)
    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(1)


def test_a_rating_reaches_the_agents(
    person: Callable[..., Person], agent: Callable[..., Person], house: House
) -> None:
    page = person().page
    answered(page)
    expect(page.locator(".rating button")).to_have_count(2)  # none under the greeting
    page.get_by_role("button", name="Not helpful").click()
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "false")
    desk = agent().page
    desk.get_by_role("button", name=re.compile("Visitor")).click()

    expect(desk.get_by_text(f"The customer found this answer not helpful: “{ANSWER}")).to_be_visible()
    assert [turn.text for turn in turns(house) if turn.role == "event"] == ["rated_down"]


def test_a_rating_that_fails_is_taken_back(person: Callable[..., Person]) -> None:
    customer = person()
    page = customer.page
    answered(page)
    page.route("**/api/feedback", lambda route: route.abort())
    page.get_by_role("button", name="Helpful", exact=True).click()

    expect(page.get_by_text("Your rating could not be sent")).to_be_visible()
    expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "false")
    customer.complaints.clear()  # the browser reports the request that failed


def test_what_acts_on_answers_is_fetched_with_the_first_message(person: Callable[..., Person]) -> None:
    page = person("/healthz").page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto("/")
    open_chat(page)
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("button", name="Turn sounds off")).to_be_visible()
    page.keyboard.press("Escape")
    assert "main.js" in asked
    assert "acts.js" not in asked
    say(page, QUESTION)

    expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    assert asked.count("acts.js") == 1


def test_without_what_acts_on_answers_the_chat_goes_on_and_tries_again(person: Callable[..., Person]) -> None:
    customer = person("/healthz")
    page = customer.page
    page.clock.install()
    tries: list[str] = []

    def keep_away(route: Route) -> None:
        tries.append(route.request.url)
        route.abort()

    page.route("**/widget/acts.js*", keep_away)
    page.goto("/")
    answered(page)
    more = page.get_by_role("button", name="More")
    more.click()
    expect(page.get_by_role("button", name="End this conversation")).to_be_visible()
    expect(page.get_by_role("button", name="Download the conversation")).to_have_count(0)
    expect(page.locator(".rating")).to_have_count(0)
    assert len(tries) == 1
    page.unroute("**/widget/acts.js*")
    page.clock.fast_forward(10_000)
    more.click()

    expect(page.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    more.click()
    expect(page.get_by_role("button", name="Download the conversation")).to_be_visible()
    assert all("Failed to load resource" in complaint for complaint in customer.complaints)
    customer.complaints.clear()  # the browser reports the request that was kept away


def test_an_agent_resolves_and_reopens(
    person: Callable[..., Person], agent: Callable[..., Person], house: House
) -> None:
    customer, desk = person().page, agent().page
    answered(customer)
    desk.get_by_role("button", name=re.compile("Visitor")).click()
    desk.get_by_role("button", name="Resolve").click()
    expect(customer.get_by_text("This conversation is closed.")).to_be_visible()
    expect(desk.get_by_text("Mia resolved the conversation")).to_be_visible()
    expect(desk.locator("#conversations").get_by_text("Resolved")).to_be_visible()
    desk.get_by_role("button", name="Reopen").click()
    expect(customer.get_by_text("This conversation goes on")).to_be_visible()
    expect(desk.get_by_role("button", name="Resolve")).to_be_visible()
    desk.get_by_role("button", name="Resolve").click()
    say(customer, "One more return?")

    expect(customer.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(2)
    expect(desk.get_by_role("button", name="Resolve")).to_be_visible()
    (state,) = house.do(house.standin.conversations.recent())
    assert state.episode == 2


def test_what_did_not_arrive_is_flagged_and_the_rest_is_told_in_words(
    agent: Callable[..., Person], house: House
) -> None:
    (name,) = write_in(house, QUESTION)
    place = name_of(house)
    until(lambda: len(turns(house)) == 2)
    house.do(house.standin.say(place, "Mia", "Your refund is on its way.", "agent-turn-1"))
    for what in ("undelivered", "unconfirmed", "edited"):
        about = "message-1" if what == "edited" else "agent-turn-1"
        house.do(house.standin.note(place, what, about))
    house.do(house.standin.note(place, "blocked_us", "somewhere"))
    photo = (Attachment("photo", "ref", "lamp.jpg"),)
    house.do(house.standin.receive(Message(place, "message-2", "", time.time(), attachments=photo)))
    desk = agent().page
    choose(desk, name)

    flagged = desk.locator(".event.flagged")
    expect(flagged).to_have_text(
        [
            "⚠ Not delivered: the customer has not seen this: “Your refund is on its way.”",
            "⚠ It is not certain that the customer has seen this: “Your refund is on its way.”",
        ]
    )
    expect(desk.get_by_text(f"The customer changed this message after it was sent: “{QUESTION}”")).to_be_visible()
    expect(desk.get_by_text("blocked us")).to_be_visible()
    expect(desk.locator(".turn.customer .file")).to_have_text("lamp.jpg")


def test_who_waits_is_on_top_with_a_place_and_counted_in_the_title(
    agent: Callable[..., Person], house: House
) -> None:
    desk = agent().page
    rows = desk.locator("#conversations").get_by_role("button")
    first, second, third = write_in(house, HUMAN, HUMAN, QUESTION)
    expect(rows).to_contain_text([first, second, third])
    expect(rows.nth(0)).to_contain_text("№ 1")
    expect(rows.nth(1)).to_contain_text("№ 2")
    expect(desk).to_have_title("(2) Kefu desk")
    choose(desk, first)
    desk.get_by_role("button", name="Take over").click()
    expect(rows.nth(0)).to_contain_text(second)
    expect(desk).to_have_title("(2) Kefu desk")  # who waits for a word of this agent counts too
    desk.get_by_label("Reply to the customer").fill("Mia here.")
    desk.keyboard.press("Control+Enter")

    expect(desk).to_have_title("(1) Kefu desk")
    expect(rows.nth(0)).to_contain_text("№ 1")


NOTICES = """() => {
    window.notices = [];
    window.Notification = class {
        static permission = "default";
        static async requestPermission() { Notification.permission = "granted"; }
        constructor(title, options) { window.notices.push([title, options.body, options.silent]); }
    };
    document.hasFocus = () => false;
}"""


def test_an_agent_who_looks_elsewhere_is_told_who_begins_to_wait(person: Callable[..., Person], house: House) -> None:
    desk = person(f"/desk/login#{house.do(house.sessions.invite())}").page
    desk.context.add_init_script(f"({NOTICES})()")
    write_in(house, HUMAN)
    desk.get_by_label("Your name").fill("Mia")
    desk.get_by_role("button", name="Enter").click()
    expect(desk).to_have_title("(1) Kefu desk")
    notify = desk.get_by_role("button", name="Notify me")
    notify.click()
    expect(notify).to_be_hidden()
    house.do(house.standin.receive(Message("web:9999" + "0" * 28, "message-9", HUMAN, time.time())))
    expect(desk).to_have_title("(2) Kefu desk")

    assert desk.evaluate("window.notices") == [["Visitor 9999 waits for a person", "asked for a person", True]]
