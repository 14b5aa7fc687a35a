"""What is written and read for agents: rewrites, translations both ways, suggestions as asked, summary and moods."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from bot.conversation.messages import Message
from tests.browser.conftest import House, Person
from tests.browser.test_desk import choose, write_in
from tests.browser.test_widget import QUESTION

FIRST = "web:0001" + "0" * 28
DRAFT = "hey, it costs 39 euro. tell me if thats ok"
FORMAL = "The price is €39. Please tell me whether that is fine."


def draft(desk: Page, words: str = DRAFT) -> None:
    desk.get_by_label("Reply to the customer").fill(words)


def acts(house: House) -> list[str]:
    return [act["act"] for act in house.do(house.office.book.logged(9))]


def test_a_draft_is_put_differently_compared_and_used(agent: Callable[..., Person], house: House) -> None:
    house.writes.drafts["it costs 39 euro"] = FORMAL
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    draft(desk)
    desk.keyboard.press("Alt+KeyB")
    window = desk.get_by_role("dialog", name="Put your draft differently")
    window.get_by_role("button", name="More formal").click()
    expect(window.locator("blockquote").first).to_have_text(DRAFT)
    expect(window.locator(".after")).to_have_text(FORMAL)
    expect(window.get_by_role("button", name="Use this")).to_be_focused()
    desk.keyboard.press("Enter")

    expect(desk.get_by_label("Reply to the customer")).to_have_value(FORMAL)
    desk.wait_for_function("() => !document.querySelector('dialog')")
    assert acts(house) == ["approved", "written"]


def test_words_come_while_they_are_written_and_can_be_stopped(agent: Callable[..., Person], house: House) -> None:
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    draft(desk)
    house.writes.may_write.clear()
    desk.get_by_role("button", name="Reword").click()
    window = desk.get_by_role("dialog")
    window.get_by_role("button", name="Shorter").click()
    expect(window.get_by_text("Writing…")).to_be_visible()
    window.get_by_role("button", name="Discard").click()
    expect(window.get_by_role("button", name="Shorter")).to_be_focused()
    desk.keyboard.press("Escape")

    expect(window).to_have_count(0)
    expect(desk.get_by_label("Reply to the customer")).to_have_value(DRAFT)


def test_a_lost_price_is_told_and_the_draft_stays(agent: Callable[..., Person], house: House) -> None:
    house.writes.drafts["it costs 39 euro"] = "Please tell me whether the price is fine."
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    draft(desk)
    desk.keyboard.press("Alt+KeyB")
    window = desk.get_by_role("dialog")
    window.get_by_role("button", name="Shorter").click()

    expect(window.get_by_text("Withheld: it lost 39 euro.")).to_be_visible()
    expect(window.get_by_role("button", name="Use this")).to_have_count(0)
    window.get_by_role("button", name="Another way").click()
    expect(window.get_by_role("button", name="Shorter")).to_be_visible()


def test_an_agent_says_how_a_draft_is_to_be_put_and_throws_it_away(
    agent: Callable[..., Person], house: House
) -> None:
    house.writes.drafts["mention the price first"] = FORMAL
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    draft(desk)
    desk.keyboard.press("Alt+KeyB")
    window = desk.get_by_role("dialog")
    window.get_by_label("How it should be put").fill("mention the price first")
    desk.keyboard.press("Enter")
    expect(window.locator(".after")).to_have_text(FORMAL)
    window.get_by_role("button", name="Discard").click()
    expect(window.get_by_role("button", name="Shorter")).to_be_visible()

    desk.keyboard.press("Escape")
    expect(desk.get_by_label("Reply to the customer")).to_have_value(DRAFT)
    assert acts(house) == ["discarded", "written"]


def test_a_customers_message_is_translated_under_the_original(agent: Callable[..., Person], house: House) -> None:
    house.writes.drafts["包裹"] = "Where is my parcel?"
    (name,) = write_in(house, "我的包裹在哪里？")
    desk = agent().page
    choose(desk, name)
    turn = desk.locator(".turn.customer")
    turn.get_by_role("button", name="Translate into English").click()

    expect(turn.get_by_role("group", name="Machine translation")).to_contain_text("Where is my parcel?")
    expect(turn.get_by_text("Machine translation from Chinese")).to_be_visible()
    expect(turn.locator(".words")).to_have_text("我的包裹在哪里？")
    desk.keyboard.press("Alt+KeyY")
    expect(turn.get_by_role("group", name="Machine translation")).to_have_count(1)


def test_a_draft_is_sent_in_the_customers_language_after_both_were_seen(
    agent: Callable[..., Person], house: House
) -> None:
    house.call(house.standin.may_answer.clear)
    house.writes.drafts["left on 4 May"] = "您的包裹于5月4日寄出。"
    (name,) = write_in(house, "我的包裹在哪里？")
    desk = agent().page
    choose(desk, name)
    expect(desk.get_by_role("button", name="Translate into English")).to_be_visible()
    draft(desk, "Your parcel left on 4 May.")
    desk.keyboard.press("Alt+KeyX")
    window = desk.get_by_role("dialog", name="Translate your draft")
    expect(window.get_by_label("Into")).to_have_value("zh")
    expect(window.locator(".after")).to_have_text("您的包裹于5月4日寄出。")
    expect(window.get_by_text("A machine translation: read it before you rely on it.")).to_be_visible()
    window.get_by_role("button", name="Use this").click()
    expect(desk.get_by_label("Reply to the customer")).to_have_value("您的包裹于5月4日寄出。")
    expect(desk.get_by_text("Sent in translation. Your words: Your parcel left on 4 May.")).to_be_visible()
    desk.get_by_label("Reply to the customer").press("Control+Enter")

    expect(desk.locator(".turn.agent .words")).to_have_text("您的包裹于5月4日寄出。")
    expect(desk.get_by_text("Sent in translation")).to_be_hidden()


def test_a_suggestion_is_put_as_the_agent_asks_and_back(agent: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    desk.keyboard.press("Alt+KeyR")
    suggestion = desk.get_by_role("complementary", name="Suggested reply")
    first = suggestion.locator("blockquote").text_content() or ""
    house.writes.drafts["shorter please"] = "Send things back within 30 days. Shipping back is free."
    expect(suggestion.get_by_role("button", name="Insert")).to_be_visible()
    first = suggestion.locator("blockquote").text_content() or ""
    desk.keyboard.press("Alt+KeyH")
    desk.keyboard.type("shorter please")
    desk.keyboard.press("Enter")
    expect(suggestion.get_by_text("Put differently: shorter please")).to_be_visible()
    desk.keyboard.press("Alt+KeyI")
    expect(desk.get_by_label("Reply to the customer")).to_have_value(re.compile("within 30 days"))
    suggestion.get_by_role("button", name="Back to the first wording").click()
    expect(suggestion.locator("blockquote")).to_have_text(first)
    house.writes.drafts["shorter please"] = "You can send things back."
    desk.keyboard.press("Alt+KeyH")
    desk.keyboard.type("shorter please")
    desk.keyboard.press("Enter")
    expect(suggestion.get_by_text("Withheld: it lost")).to_be_visible()

    expect(suggestion.locator("blockquote")).to_have_text(first)
    assert {"shown", "regenerated", "written", "inserted", "withheld"} <= set(acts(house))


def test_the_summary_stands_on_top_and_tells_when_it_is_old(agent: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    (name,) = write_in(house, "This is ridiculous! Where is my order PW-20931?")
    house.do(house.standin.take_over(FIRST, "Mia"))
    desk = agent("Mia").page
    choose(desk, name)
    summary = desk.locator("details.summary")
    expect(summary.get_by_text("PW-20931", exact=True)).to_be_visible()
    expect(summary.get_by_text("Where is my order PW-20931?").last).to_be_visible()
    expect(summary.locator("dd").get_by_text("⚠ upset")).to_be_visible()
    message = Message(FIRST, "message-2", "And can I change the colour?", time.time())
    house.do(house.standin.receive(message))
    expect(summary.get_by_text("● 1 newer message")).to_be_visible()
    summary.get_by_role("button", name="Refresh").click()
    expect(summary.get_by_text("newer message")).to_have_count(0)
    expect(summary.locator("dd").get_by_text("And can I change the colour?")).to_be_visible()

    desk.keyboard.press("Alt+KeyQ")
    expect(summary.get_by_role("button", name="Refresh")).to_be_hidden()


def test_the_model_may_shorten_the_summary_and_nothing_else(agent: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    asked = "My lamp from order PW-20931 has not worked since Monday. What can I do about my broken lamp now, please?"
    (name,) = write_in(house, asked)
    house.do(house.standin.take_over(FIRST, "Mia"))
    desk = agent("Mia").page
    choose(desk, name)
    summary = desk.locator("details.summary")
    house.writes.drafts["PW-20931"] = "The lamp of order PW-20931 is broken. What can I do?"
    summary.get_by_role("button", name="Shorten").click()
    expect(summary.get_by_text("Withheld: it lost")).to_be_visible()
    house.writes.drafts["PW-20931"] = "Lamp of order PW-20931 has not worked since Monday. What can I do?"
    summary.get_by_role("button", name="Shorten").click()

    expect(summary.get_by_text("Shortened by the model: Lamp of order")).to_be_visible()


def test_moods_are_told_in_words_and_can_be_filtered_and_sorted(agent: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    first, second = write_in(house, "This is ridiculous, you are useless!", QUESTION)
    desk = agent().page
    rows = desk.locator("#conversations").get_by_role("button")
    expect(rows.filter(has_text=first)).to_contain_text("⚠ upset")
    expect(rows.filter(has_text=second)).not_to_contain_text("calm")
    choose(desk, first)
    expect(desk.locator(".turn.customer .name")).to_contain_text("⚠ upset")
    desk.get_by_text("Filter and sort").click()
    desk.get_by_label("Order").select_option("mood")
    expect(rows.first).to_contain_text(first)
    choose(desk, second)
    desk.get_by_label("Any mood").select_option("upset")

    expect(rows.filter(has_text=first)).to_have_count(1)


def test_a_viewer_is_offered_nothing_to_write(person: Callable[..., Person], house: House) -> None:
    from bot.accounts.base import Role
    from bot.channels.web.sessions import Invitation

    (name,) = write_in(house, "我的包裹在哪里？")
    desk = person(f"/desk/login#{house.do(house.sessions.invite(Invitation(Role.VIEWER)))}").page
    desk.get_by_label("Your name").fill("Vic")
    desk.get_by_role("button", name="Enter").click()
    choose(desk, name)
    expect(desk.locator(".turn.customer .words")).to_have_text("我的包裹在哪里？")

    expect(desk.get_by_role("button", name="Reword")).to_be_hidden()
    expect(desk.get_by_role("button", name="Translate into English")).to_be_hidden()
    expect(desk.get_by_role("button", name="Shorten")).to_be_hidden()


def test_the_help_lists_the_keys_of_what_is_written(agent: Callable[..., Person]) -> None:
    desk = agent().page
    desk.get_by_role("button", name="Keys").click()
    window = desk.get_by_role("dialog", name="Keys")

    for label in (
        "Reword",
        "Translate the draft",
        "Translate the customer's last message",
        "Put the suggestion differently",
    ):
        expect(window.get_by_role("row").filter(has_text=label).first).to_be_visible()
