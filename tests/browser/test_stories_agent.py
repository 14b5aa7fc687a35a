"""An agent's whole story, beside a customer and a colleague in browsers of their own, at a running `kefu serve`.

No model is needed: what is asked is asked in the knowledge's own words.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_stories import RETURNS, SHIPPING, Enter, bot_said, log_in, reply
from tests.browser.test_stories import enter as enter
from tests.browser.test_stories import home as home
from tests.browser.test_stories import served as served
from tests.browser.test_widget import open_chat, say
from tests.fakes.house import KefuHouse, Serving

pytestmark = [pytest.mark.server, pytest.mark.slow]

LAMPS, REPAIRED = "Do you repair lamps?", "Yes, bring your lamp to the shop."
SECRET = "Careful, this one is from the press"


@pytest.fixture
def refusals() -> tuple[str, ...]:
    return ("409 (Conflict)",)  # nobody approves what they proposed themselves


@pytest.fixture
def mia(enter: Enter, served: Serving) -> Page:
    """The desk of an admin, who came by the link that Kefu told when it started."""
    return log_in(enter(f"/desk/login#{served.secret}"), "Mia")


@pytest.fixture
def tom(enter: Enter, home: KefuHouse, mia: Page) -> Page:
    """The desk of an agent, who was invited."""
    invited = home.run("invite")
    assert invited.code == 0, invited.err
    return log_in(enter(f"/desk/login#{invited.out.strip().rpartition('#')[2]}"), "Tom")


def row(desk: Page) -> Page:
    return desk.locator("#conversations").get_by_role("button", name=re.compile("Visitor"))


def heard(desk: Page, words: str) -> None:
    expect(desk.locator(".turn.customer .words", has_text=words).last).to_be_visible()


def command(desk: Page, words: str) -> None:
    desk.keyboard.press("Control+KeyK")
    desk.get_by_role("combobox", name="Commands").fill(words)
    desk.keyboard.press("Enter")


def sees_it_live_and_takes_over(customer: Page, tom: Page) -> None:
    say(customer, RETURNS)
    bot_said(customer, "You have 30 days to return an item.")
    row(tom).click()
    heard(tom, RETURNS)
    expect(tom.locator(".turn.bot .words", has_text="30 days")).to_be_visible()
    tom.get_by_role("button", name="Take over").click()
    expect(customer.locator(".status")).to_have_text("Tom · our team")


def helps_with_the_suggestion(customer: Page, tom: Page) -> None:
    said = customer.locator(".turn.bot").count()
    say(customer, SHIPPING)
    heard(tom, SHIPPING)
    suggestion = tom.get_by_role("complementary", name="Suggested reply")
    expect(suggestion.locator("blockquote")).to_contain_text("4.90 euros")
    suggestion.get_by_role("button", name="Insert").click()
    draft = tom.get_by_label("Reply to the customer")
    expect(draft).to_be_focused()
    expect(draft).to_have_value(re.compile("4.90 euros within Germany"))
    tom.keyboard.type(" It takes two days.")
    tom.keyboard.press("Control+Enter")
    expect(customer.locator(".turn.agent .words").last).to_have_text(
        re.compile(r"4\.90 euros within Germany\. It takes two days\.$")
    )
    expect(customer.locator(".turn.bot")).to_have_count(said)


def notes_for_a_colleague(tom: Page, mia: Page) -> None:
    tom.keyboard.press("Alt+KeyP")
    tom.get_by_label("Private note for colleagues").fill(SECRET)
    tom.keyboard.press("Control+Enter")
    expect(tom.locator(".turn.note .words")).to_have_text(SECRET)
    row(mia).click()
    expect(mia.locator(".turn.note .words")).to_have_text(SECRET)
    tom.keyboard.press("Alt+KeyL")


def greets_with_a_canned_answer(customer: Page, tom: Page) -> None:
    command(tom, "canned")
    window = tom.get_by_role("dialog", name="Canned answers")
    window.get_by_label("Name (written").fill("hello")
    window.get_by_label("Text; ").fill("Hello, {agent} here. Anything else?")
    window.get_by_role("button", name="Save").click()
    expect(window).to_have_count(0)
    draft = tom.get_by_label("Reply to the customer")
    expect(draft).to_be_focused()
    tom.keyboard.type("/hel")
    expect(tom.get_by_role("listbox", name="Canned answers").get_by_role("option")).to_contain_text("/hello")
    tom.keyboard.press("Enter")
    expect(draft).to_have_value("Hello, Tom here. Anything else?")
    tom.keyboard.press("Control+Enter")
    expect(customer.locator(".turn.agent .words").last).to_have_text("Hello, Tom here. Anything else?")


def makes_an_entry_of_a_reply(customer: Page, tom: Page, mia: Page) -> None:
    say(customer, LAMPS)
    heard(tom, LAMPS)
    reply(tom, REPAIRED)
    turn = tom.locator(".turn.agent", has_text=REPAIRED)
    turn.get_by_role("button", name="Save as entry").click()
    window = tom.get_by_role("dialog", name="Save as entry")
    expect(window.get_by_label("Question")).to_have_value(LAMPS)
    expect(window.locator(".near .entry").first).to_be_visible()
    order = window.locator("h3, .near, form").evaluate_all("nodes => nodes.map(node => node.localName)")
    assert order == ["h3", "ul", "form"]  # what is known already stands before what is to be known
    window.get_by_role("button", name="Publish").click()
    told = "Proposed, not published yet: another agent or an admin must approve what you proposed."
    expect(tom.get_by_text(told)).to_be_visible()
    expect(window).to_have_count(0)
    expect(turn.get_by_role("button", name="Save as entry")).to_be_focused()
    command(mia, "review")
    review = mia.get_by_role("dialog", name="Review corrections")
    expect(review.get_by_role("listitem")).to_have_count(1)
    expect(review).to_contain_text(REPAIRED)
    review.get_by_role("button", name="Approve").click()
    expect(review.get_by_role("button", name="Approve")).to_have_count(0)
    mia.keyboard.press("Escape")


def puts_it_in_order(customer: Page, tom: Page, mia: Page) -> None:
    tom.keyboard.press("Alt+KeyG")
    tom.get_by_role("combobox", name="Tag").fill("lamps")
    tom.keyboard.press("Enter")
    expect(row(mia)).to_contain_text("lamps")
    tom.keyboard.press("Alt+KeyA")
    tom.get_by_role("combobox", name="Agent").fill("Mia")
    tom.keyboard.press("Enter")
    expect(mia.get_by_text("Tom assigned the conversation")).to_be_visible()
    expect(customer.locator(".status")).to_have_text("Mia · our team")
    mia.get_by_role("button", name="Mine 1").click()
    expect(row(mia)).to_be_visible()
    tom.get_by_role("button", name="Take over").click()
    expect(customer.locator(".status")).to_have_text("Tom · our team")
    tom.keyboard.press("Alt+KeyM")
    tom.get_by_role("dialog", name="Snooze").get_by_role("button", name=re.compile("In an hour")).click()
    expect(tom.get_by_text("Tom snoozed the conversation")).to_be_visible()
    expect(tom.get_by_role("button", name="Wake")).to_be_visible()
    say(customer, "One more thing.")
    heard(tom, "One more thing.")
    expect(tom.get_by_role("button", name="Snooze", exact=True)).to_be_visible()


def hands_back_and_resolves(customer: Page, tom: Page) -> None:
    tom.get_by_role("button", name="Hand back to the bot").click()
    expect(customer.get_by_text("The assistant answers again")).to_be_visible()
    say(customer, LAMPS)
    bot_said(customer, REPAIRED)
    tom.get_by_role("button", name="Resolve", exact=True).click()
    expect(tom.get_by_text("Tom resolved the conversation")).to_be_visible()
    expect(customer.get_by_text("This conversation is closed.")).to_be_visible()


def test_an_agent_takes_over_helps_teaches_sorts_hands_back_and_resolves(
    enter: Enter,
    tom: Page,
    mia: Page,
) -> None:
    customer = enter("/")
    open_chat(customer)
    sees_it_live_and_takes_over(customer, tom)
    helps_with_the_suggestion(customer, tom)
    notes_for_a_colleague(tom, mia)
    greets_with_a_canned_answer(customer, tom)
    makes_an_entry_of_a_reply(customer, tom, mia)
    puts_it_in_order(customer, tom, mia)
    hands_back_and_resolves(customer, tom)

    given = customer.evaluate(
        """async () => (await fetch("/api/conversation", {
            headers: { Authorization: `Bearer ${JSON.parse(localStorage.kefu).token}` } })).text()"""
    )
    assert REPAIRED in given
    assert SECRET not in given
    expect(customer.get_by_text(SECRET)).to_have_count(0)
