"""An agent's day at the desk: notes, tags, snoozing, search, canned answers, keys, corrections, colleagues."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from bot.conversation.messages import Message, Turn
from tests.browser.conftest import House, Person
from tests.browser.test_desk import choose, write_in
from tests.browser.test_widget import ANSWER, QUESTION, open_chat, say

FIRST = "web:0001" + "0" * 28


def message(number: int, text: str) -> Message:
    return Message(FIRST, f"message-{number}", text, time.time())


def note(desk: Page, words: str) -> None:
    desk.keyboard.press("Alt+KeyP")
    desk.get_by_label("Private note for colleagues").fill(words)
    desk.keyboard.press("Control+Enter")


def test_a_note_is_for_colleagues_and_never_for_the_customer(
    person: Callable[..., Person], agent: Callable[..., Person]
) -> None:
    customer, mia, tom = person().page, agent("Mia").page, agent("Tom").page
    open_chat(customer)
    say(customer, QUESTION)
    for desk in (mia, tom):
        desk.get_by_role("button", name=re.compile("Visitor")).click()
        expect(desk.locator(".turn.customer .words")).to_have_text(QUESTION)
    note(mia, "Secretly a VIP")
    expect(tom.locator(".turn.note .words")).to_have_text("Secretly a VIP")
    expect(mia.get_by_label("Private note for colleagues")).to_have_value("")
    mia.get_by_role("button", name="Reply", exact=True).click()
    mia.get_by_label("Reply to the customer").fill("Mia here.")
    mia.keyboard.press("Control+Enter")
    expect(customer.locator(".turn.agent .words")).to_have_text("Mia here.")

    expect(customer.get_by_text("Secretly")).to_have_count(0)


def test_what_a_customer_says_of_the_service_is_no_colleagues_note(
    agent: Callable[..., Person], house: House
) -> None:
    (name,) = write_in(house, QUESTION)
    scored = Turn("scored-1", "event", "scored", time.time(), "2", note="Took too long")
    house.do(house.standin.conversations.note(FIRST, scored))
    desk = agent("Mia").page
    choose(desk, name)

    expect(desk.locator("[data-turn=scored-1]")).to_have_text("The customer gave 2 of 5 stars: “Took too long”")
    expect(desk.locator(".turn.note")).to_have_count(0)


def test_two_who_write_are_warned_of_each_other(agent: Callable[..., Person], house: House) -> None:
    (name,) = write_in(house, QUESTION)
    mia, tom = agent("Mia").page, agent("Tom").page
    for desk in (mia, tom):
        choose(desk, name)
    mia.get_by_label("Reply to the customer").press_sequentially("Hel")

    expect(tom.get_by_text("Mia is writing here too")).to_be_visible()
    expect(mia.get_by_text("is writing here too")).to_have_count(0)


def test_a_canned_answer_fills_its_fields_and_a_macro_does_the_rest(
    agent: Callable[..., Person], house: House
) -> None:
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    desk.keyboard.press("Control+KeyK")
    desk.get_by_role("combobox", name="Commands").fill("canned")
    desk.keyboard.press("Enter")
    window = desk.get_by_role("dialog")
    window.get_by_label("Name (written").fill("bye")
    window.get_by_label("Text; ").fill("Goodbye {name}, {agent} was here.")
    window.get_by_label("Tags it puts on").fill("done, polite")
    window.get_by_label("Resolves the conversation").check()
    window.get_by_role("button", name="Save").click()
    expect(window).to_have_count(0)
    choose(desk, name)
    reply = desk.get_by_label("Reply to the customer")
    reply.press_sequentially("/by")
    expect(desk.get_by_role("listbox", name="Canned answers").get_by_role("option")).to_contain_text("/bye")
    desk.keyboard.press("Enter")
    expect(reply).to_have_value(f"Goodbye {name}, Mia was here.")
    expect(desk.get_by_text("Then: #done, #polite, Resolve")).to_be_visible()
    desk.keyboard.press("Control+Enter")

    expect(desk.get_by_text("Mia resolved the conversation")).to_be_visible()
    state = house.do(house.standin.conversations.read(FIRST)).state
    assert (state.status, state.tags) == ("resolved", ("done", "polite"))


def test_a_snoozed_one_leaves_the_list_and_comes_back_with_the_customer(
    agent: Callable[..., Person], house: House
) -> None:
    house.call(house.standin.may_answer.clear)
    first, second = write_in(house, QUESTION, "And this return?")
    desk = agent().page
    rows = desk.locator("#conversations").get_by_role("button")
    choose(desk, first)
    desk.keyboard.press("Alt+KeyM")
    desk.get_by_role("dialog", name="Snooze").get_by_role("button", name=re.compile("In an hour")).click()
    expect(desk.get_by_text("Mia snoozed the conversation")).to_be_visible()
    choose(desk, second)
    expect(rows).to_have_count(1)
    house.do(house.standin.receive(message(3, "Are you there?")))

    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=first)).to_contain_text("Are you there?")


def test_tags_filters_and_search_find_the_one_that_is_meant(agent: Callable[..., Person], house: House) -> None:
    first, _ = write_in(house, "Where is parcel 4711?", "And this return?")
    desk = agent().page
    rows = desk.locator("#conversations").get_by_role("button")
    choose(desk, first)
    desk.keyboard.press("Alt+KeyG")
    desk.get_by_role("dialog", name="Tag").get_by_role("combobox", name="Tag").fill("big order")
    desk.keyboard.press("Enter")
    expect(rows.filter(has_text=first)).to_contain_text("big order")
    desk.get_by_text("Filter and sort").click()
    desk.get_by_label("Any tag").select_option("big order")
    expect(rows).to_have_count(1)
    desk.get_by_label("Any tag").select_option("")
    expect(rows).to_have_count(2)
    desk.keyboard.press("Alt+KeyF")
    desk.keyboard.type("PARCEL 4711")

    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(first)
    expect(desk.get_by_role("complementary", name="Customer")).to_contain_text("4711")


def test_a_conversation_is_given_to_a_colleague(agent: Callable[..., Person], house: House) -> None:
    (name,) = write_in(house, QUESTION)
    mia, tom = agent("Mia").page, agent("Tom").page
    choose(mia, name)
    mia.keyboard.press("Alt+KeyA")
    mia.get_by_role("combobox", name="Agent").fill("Tom")
    mia.keyboard.press("Enter")
    expect(mia.get_by_text("Tom answers")).to_be_visible()
    expect(mia.get_by_text("Mia assigned the conversation")).to_be_visible()
    tom.get_by_role("button", name="Mine 1").click()

    expect(tom.locator("#conversations").get_by_role("button")).to_contain_text(name)


def test_a_suggestion_shows_what_supports_it_and_can_be_dismissed(agent: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    desk.keyboard.press("Alt+KeyR")
    suggestion = desk.get_by_role("complementary", name="Suggested reply")
    marks = suggestion.locator("mark")
    expect(suggestion.locator("blockquote")).to_contain_text(ANSWER)
    expect(marks.first).to_have_text("You can send things back within 30 days of delivery.")
    expect(suggestion.locator(".entry").first).to_contain_text("They must be unused and complete.")
    desk.keyboard.press("Alt+KeyD")
    expect(suggestion.locator("blockquote")).to_have_count(0)

    acts = [act["act"] for act in house.do(house.office.book.logged(5))]
    assert acts == ["dismissed", "shown"]


def test_an_edited_suggestion_is_noted_as_edited(agent: Callable[..., Person], house: House) -> None:
    house.call(house.standin.may_answer.clear)
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    desk.keyboard.press("Alt+KeyR")
    expect(desk.locator("blockquote")).to_contain_text(ANSWER)
    desk.keyboard.press("Alt+KeyO")
    expect(desk.get_by_label("Reply to the customer")).to_have_value(re.compile(ANSWER))
    desk.get_by_label("Reply to the customer").press_sequentially(" Yes!")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".turn.agent")).to_have_count(1)

    desk.wait_for_function("() => !document.querySelector('.composer textarea').value")
    assert [act["act"] for act in house.do(house.office.book.logged(5))][:1] == ["edited"]


def test_a_reply_becomes_an_entry_after_the_nearest_were_shown(agent: Callable[..., Person], house: House) -> None:
    (name,) = write_in(house, "Do you repair lamps?")
    desk = agent().page
    choose(desk, name)
    desk.get_by_label("Reply to the customer").fill("Yes, bring your lamp to the shop.")
    desk.keyboard.press("Control+Enter")
    desk.get_by_role("button", name="Save as entry").click()
    window = desk.get_by_role("dialog", name="Save as entry")
    expect(window.get_by_label("Question")).to_have_value("Do you repair lamps?")
    expect(window.get_by_role("button", name="Update this one instead").first).to_be_visible()
    window.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("The bot knows it from now on.")).to_be_visible()

    near = house.do(house.office.library.nearest("Do you repair lamps?"))
    assert near[0].entry.answer == "Yes, bring your lamp to the shop."


def test_a_wrong_answer_leads_to_a_fixed_entry(agent: Callable[..., Person], house: House) -> None:
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    desk.get_by_role("button", name="Wrong answer?").click()
    window = desk.get_by_role("dialog", name="What is wrong with this answer?")
    window.get_by_label("Why it is wrong").select_option("stale")
    window.get_by_text("Fix the entry: How long can I return an item?").click()
    entry = window.get_by_label("Answer").first
    expect(entry).to_have_value(re.compile("within 30 days of delivery"))
    entry.fill("You can send things back within 60 days of delivery.")
    window.get_by_role("button", name="Propose for review").first.click()
    expect(desk.get_by_text("Proposed. A colleague can approve it.")).to_be_visible()
    desk.keyboard.press("Control+KeyK")
    desk.get_by_role("combobox", name="Commands").fill("review")
    desk.keyboard.press("Enter")
    desk.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(desk.get_by_role("dialog").get_by_role("button", name="Approve")).to_have_count(0)

    near = house.do(house.office.library.nearest("How long can I return an item?"))
    assert near[0].entry.answer == "You can send things back within 60 days of delivery."


def test_the_help_lists_the_keys_and_the_command_bar_runs_them(agent: Callable[..., Person], house: House) -> None:
    write_in(house, QUESTION)
    desk = agent().page
    expect(desk.locator("#conversations").get_by_role("button")).to_have_count(1)
    desk.keyboard.press("?")
    window = desk.get_by_role("dialog", name="Keys")
    for words in ("Next conversation", "Resolve, then the next one", "Insert the suggestion", "Commands"):
        expect(window).to_contain_text(words)
    desk.keyboard.press("Escape")
    expect(window).to_have_count(0)
    desk.keyboard.press("Control+KeyK")
    desk.get_by_role("combobox", name="Commands").fill("next conv")
    desk.keyboard.press("Enter")

    expect(desk.locator(".turn.customer .words")).to_have_text(QUESTION)


def test_resolve_and_next_goes_through_the_list_by_keyboard(agent: Callable[..., Person], house: House) -> None:
    first, second = write_in(house, QUESTION, "And this return?")
    desk = agent().page
    rows = desk.locator("#conversations").get_by_role("button")
    expect(rows.filter(has_text="You can send things back")).to_have_count(2)
    top = second if second in rows.first.inner_text() else first
    desk.keyboard.press("Alt+KeyJ")
    expect(desk.get_by_role("heading", name=top)).to_be_visible()
    desk.keyboard.press("Control+Alt+KeyE")

    expect(desk.get_by_role("heading", name=first if top == second else second)).to_be_visible()
    expect(desk.locator("#conversations").get_by_role("button")).to_have_count(1)


def test_a_saved_view_comes_back_after_a_reload(agent: Callable[..., Person], house: House) -> None:
    write_in(house, QUESTION)
    desk = agent().page
    rows = desk.locator("#conversations").get_by_role("button")
    desk.get_by_text("Filter and sort").click()
    desk.get_by_label("Status").press("r")  # by keyboard, which stays where it was
    expect(desk.get_by_label("Status")).to_have_value("resolved")
    expect(desk.get_by_label("Status")).to_be_focused()
    expect(rows).to_have_count(0)
    desk.get_by_role("button", name="Save this view").click()
    desk.get_by_role("dialog").get_by_label("Name of this view").fill("Done ones")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("status").filter(has_text="Saved: Done ones")).to_be_visible()
    expect(desk.get_by_role("button", name="Save this view")).to_be_focused()
    desk.get_by_label("Status").select_option("active")
    desk.reload()
    expect(rows).to_have_count(1)
    desk.get_by_text("Filter and sort").click()
    desk.get_by_label("Saved views").select_option(label="Done ones")

    expect(desk.get_by_label("Status")).to_have_value("resolved")
    expect(rows).to_have_count(0)


def test_the_desk_speaks_chinese(agent: Callable[..., Person], person: Callable[..., Person], house: House) -> None:
    write_in(house, QUESTION)
    desk = agent(locale="en-GB").page
    desk.evaluate("localStorage.setItem('kefu-desk-locale', '\"zh\"')")
    desk.reload()
    expect(desk.get_by_role("heading", name="会话", exact=True)).to_be_visible()
    expect(desk.locator("#conversations").get_by_role("button")).to_have_count(1)
    desk.keyboard.press("Alt+KeyJ")

    expect(desk.get_by_role("button", name="接管")).to_be_visible()
    expect(desk.locator("html")).to_have_attribute("lang", "zh")


def test_reasons_moods_and_ways_of_answering_are_in_the_desks_language(
    agent: Callable[..., Person], house: House
) -> None:
    upset, asking = write_in(house, "This is ridiculous, you are useless!", QUESTION)
    house.do(house.standin.receive(message(8, "/human")))
    desk = agent().page
    desk.evaluate("localStorage.setItem('kefu-desk-locale', '\"zh\"')")
    desk.reload()
    rows = desk.locator("#conversations").get_by_role("button")
    waiting = rows.filter(has_text=upset.replace("Visitor", "访客"))
    expect(waiting).to_contain_text("等待中 · 要求人工服务")
    expect(waiting).to_contain_text("⚠ 激动")
    waiting.click()
    expect(desk.locator("main .about").first).to_contain_text("等待客服 · 要求人工服务")
    expect(desk.locator(".turn.customer .name").first).to_contain_text("⚠ 激动")
    rows.filter(has_text=asking.replace("Visitor", "访客")).click()
    expect(desk.locator(".turn.bot .mode")).to_have_text("生成 · 93 %")
    desk.get_by_text("筛选与排序").click()

    expect(desk.get_by_label("任何原因").locator("option")).to_have_text(["任何原因", "要求人工服务"])


def test_nothing_that_is_written_runs_or_fetches(agent: Callable[..., Person], house: House) -> None:
    payload = (
        '<img src=x onerror="window.ran=1"><script>window.ran=1</script>[a](javascript:window.ran=1) ![b](//x.test/c)'
    )
    (name,) = write_in(house, f"{payload} return")
    desk = agent().page
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    choose(desk, name)
    note(desk, payload)
    expect(desk.locator(".turn.note .words")).to_have_text(payload)
    desk.keyboard.press("Alt+KeyG")
    desk.get_by_role("combobox", name="Tag").fill("<b>x</b>")
    desk.keyboard.press("Enter")
    expect(desk.locator("main .tag.own")).to_contain_text("<b>x</b>")
    desk.keyboard.press("Alt+KeyW")
    expect(desk.get_by_role("dialog")).to_contain_text("javascript:")

    assert desk.evaluate("() => window.ran") is None
    assert {url for url in asked if not url.startswith(house.address)} == set()
