"""What the widget writes down: under one key, from the first message on, right also where two tabs write at once."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Person
from tests.browser.test_widget import ANSWER, kept, open_chat, say, turns


def out(page: Page) -> dict:
    return json.loads(kept(page).get("kefu", "{}")).get("out", {})


def holds(page: Page, number: int) -> None:
    """Waits until so many messages are kept."""
    for _ in range(100):
        if len(out(page)) == number:
            return
        page.wait_for_timeout(50)
    raise AssertionError(out(page))


def delivered(page: Page, number: int) -> None:
    expect(page.locator(".turn.customer")).to_have_count(number)
    expect(page.locator(".pending")).to_have_count(0)


def test_all_is_kept_under_one_key_and_nothing_before_the_first_message(
    person: Callable[..., Person],
) -> None:
    customer = person()
    page = customer.page
    assert kept(page) == {}
    open_chat(page)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Turn sounds off").click()
    assert kept(page) == {}
    customer.context.set_offline(True)
    say(page, "A return, please")
    assert [*kept(page)] == ["kefu"]
    assert [message["text"] for message in out(page).values()] == ["A return, please"]
    customer.context.set_offline(False)
    delivered(page, 1)

    assert [*kept(page)] == ["kefu"]
    holds(page, 0)
    assert json.loads(kept(page)["kefu"])["token"]
    customer.complaints.clear()  # the browser reports what the net refused


def test_what_another_tab_wrote_over_is_written_again(person: Callable[..., Person], house: House) -> None:
    customer = person()
    first, second = customer.page, customer.context.new_page()
    second.goto("/")
    open_chat(first)
    customer.context.set_offline(True)
    say(first, "A return, please")
    # Another tab that saw nothing of it yet writes what it has.
    second.evaluate("localStorage.setItem('kefu', JSON.stringify({open: true, out: {}}))")
    holds(first, 1)
    first.close()
    customer.context.set_offline(False)
    second.reload()

    delivered(second, 1)
    expect(second.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)
    assert [turn.text for turn in turns(house) if turn.role == "customer"] == ["A return, please"]
    customer.complaints.clear()


def test_what_was_delivered_comes_back_by_no_other_tab(person: Callable[..., Person], house: House) -> None:
    customer = person()
    first, second = customer.page, customer.context.new_page()
    second.goto("/")
    open_chat(first)
    customer.context.set_offline(True)
    say(first, "A return, please")
    old = kept(first)["kefu"]
    customer.context.set_offline(False)
    delivered(first, 1)
    holds(first, 0)
    second.evaluate(
        "old => { const now = JSON.parse(localStorage.kefu); now.out = JSON.parse(old).out;"
        " localStorage.setItem('kefu', JSON.stringify(now)) }",
        old,
    )
    holds(first, 0)
    assert len([turn for turn in turns(house) if turn.role == "customer"]) == 1
    customer.complaints.clear()


def test_messages_of_the_former_keys_are_sent_and_the_keys_are_gone(
    person: Callable[..., Person], house: House
) -> None:
    page = person("/desk/login").page
    page.evaluate(
        """() => [3, 1, 2].forEach((n) => localStorage.setItem(`kefu:message-${n}`, JSON.stringify(
          {id: `message-${n}`, text: `Return number ${n}`, path: "api/messages", language: "en", at: n})))"""
    )
    page.goto("/")
    open_chat(page)

    delivered(page, 3)
    assert [*kept(page)] == ["kefu"]
    assert [turn.text for turn in turns(house) if turn.role == "customer"] == [
        f"Return number {n}" for n in (1, 2, 3)
    ]


def test_three_messages_of_an_hour_without_net_arrive_once_and_in_order(
    person: Callable[..., Person], house: House
) -> None:
    customer = person()
    page = customer.page
    open_chat(page)
    expect(page.get_by_label("Write a message")).to_be_visible()
    customer.context.set_offline(True)
    said = [f"Return number {n}" for n in (1, 2, 3)]
    for text in said:
        say(page, text)
    expect(page.locator(".pending")).to_have_count(3)
    expect(page.get_by_text("No connection. Your messages are kept")).to_be_visible()
    customer.context.set_offline(False)

    delivered(page, 3)
    assert [turn.text for turn in turns(house) if turn.role == "customer"] == said
    assert page.locator(".turn.customer .words").all_inner_texts() == said
    customer.complaints.clear()  # the browser reports what the net refused


def test_a_chat_opened_where_the_net_is_gone_already_says_so(person: Callable[..., Person]) -> None:
    page = person().page
    page.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => false})")
    open_chat(page)

    expect(page.get_by_text("No connection. Your messages are kept")).to_be_visible()


def test_three_messages_outlive_the_page_that_said_them(person: Callable[..., Person], house: House) -> None:
    customer = person()
    page = customer.page
    page.route("**/api/**", lambda route: route.abort())
    open_chat(page)
    said = [f"Return number {n}" for n in (1, 2, 3)]
    for text in said:
        say(page, text)
    page.unroute_all(behavior="ignoreErrors")
    page.reload()

    delivered(page, 3)
    assert [turn.text for turn in turns(house) if turn.role == "customer"] == said
    customer.complaints.clear()
