"""The widget where browsers, blockers, clocks and addresses make it hard."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.bot.channels.web import standin
from tests.browser.conftest import CHROMIUM, FLAGS, House, Person
from tests.browser.neighbour import NEIGHBOUR
from tests.browser.test_widget import ANSWER, QUESTION, kept, open_chat, say, turns
from tests.browser.test_widget_embedded import PAGE

DAY_MS = 86_400_000
NEXT = ("Who pays for return shipping?", "退货怎么办理？")


def answered(page: Page) -> None:
    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(1)


def test_a_blocker_of_all_that_is_called_chat_finds_nothing_to_block(
    person: Callable[..., Person], house: House
) -> None:
    page = person("/healthz").page
    asked: list[str] = []

    def block(route: Route) -> None:
        asked.append(route.request.url)
        route.abort() if "chat" in route.request.url.lower() else route.continue_()

    page.route("**/*", block)
    page.goto("/")
    open_chat(page)
    say(page, QUESTION)

    answered(page)
    assert len(asked) >= 6
    assert not [url for url in asked if "chat" in url.lower()]


def test_a_blocker_of_all_requests_is_told_and_the_message_waits(person: Callable[..., Person]) -> None:
    customer = person()
    page = customer.page
    page.route("**/api/**", lambda route: route.abort("blockedbyclient"))
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_text("Sending…")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")

    answered(page)
    customer.complaints.clear()  # the browser reports what was blocked


def test_where_cookies_of_other_sites_are_blocked_nothing_is_missing(browser: Browser, house: House) -> None:
    blocking = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*FLAGS, "--test-third-party-cookie-phaseout"]
    )
    page = blocking.new_page()
    elsewhere = house.address.replace("127.0.0.1", "localhost")  # another site than the shop's
    tag = f'<script async src="{elsewhere}/widget.js" data-kefu></script>'
    NEIGHBOUR.page, NEIGHBOUR.headers = PAGE.format(head=tag, body="<h1>Shop</h1>"), {}
    page.goto(NEIGHBOUR.origin)
    open_chat(page)
    say(page, QUESTION)
    answered(page)
    page.reload()
    answered(page)

    assert page.context.cookies() == []
    assert [*kept(page)] == ["kefu"]
    blocking.close()


@pytest.mark.parametrize("days", [-1, 1])
def test_a_customer_s_clock_may_be_a_day_off(person: Callable[..., Person], house: House, days: int) -> None:
    customer = person("/healthz")
    page = customer.page
    page.add_init_script(
        f"""const now = Date.now; Date.now = () => now() + {days * DAY_MS};
        const Real = Date; window.Date = class extends Real {{
          constructor(...given) {{ given.length ? super(...given) : super(Date.now()) }} }};
        Date.now = () => now() + {days * DAY_MS};"""
    )
    page.goto("/")
    assert abs(page.evaluate("Date.now()") - days * DAY_MS - page.evaluate("performance.timeOrigin")) < 60_000
    open_chat(page)
    for text in (QUESTION, "And if I return a chair?"):
        say(page, text)
        expect(page.locator(".turn.customer:not(.pending)", has_text=text)).to_have_count(1)
    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).not_to_have_count(0)
    shown = page.locator(".turn.customer .words").all_inner_texts()
    page.reload()

    expect(page.locator(".turn.customer .words")).to_have_text(shown)
    assert [turn.text for turn in turns(house) if turn.role == "customer"] == shown


def test_a_page_that_slept_catches_up_once(person: Callable[..., Person], house: House) -> None:
    customer = person()
    page = customer.page
    open_chat(page)
    say(page, QUESTION)
    answered(page)
    (state,) = house.do(house.standin.conversations.recent())
    session = customer.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    house.do(house.standin.say(state.id, "Mia", "I have looked it up for you.", "agent-turn-1"))
    house.restart()
    session.send("Page.setWebLifecycleState", {"state": "active"})

    expect(page.locator(".turn.agent .words", has_text="I have looked it up")).to_have_count(1)
    answered(page)
    customer.complaints.clear()  # the browser reports the restart


@pytest.mark.parametrize("position", ["", "left", "right"])
def test_the_button_stays_where_it_was_when_the_chat_comes(
    person: Callable[..., Person], house: House, position: str
) -> None:
    someone = person("/healthz", viewport={"width": 900, "height": 600}, reduced_motion="reduce")
    place = f' data-position="{position}"' if position else ""
    tag = f'<script async src="{house.address}/widget.js" data-kefu{place}></script>'
    html = PAGE.format(head=tag, body="<h1>متجر</h1>").replace('lang="en"', 'lang="ar" dir="rtl"')
    NEIGHBOUR.page, NEIGHBOUR.headers = html, {}
    page = someone.page
    page.goto(NEIGHBOUR.origin)
    button = page.get_by_role("button", name="فتح الدردشة")
    before = button.bounding_box()
    button.click()
    expect(page.get_by_label("اكتب رسالة")).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.move(450, 50)  # the button rises to meet a pointer
    after = page.locator("kefu-chat .launcher").bounding_box()

    assert before == after
    assert before is not None
    assert (before["x"] > 450) == (position == "right")


def test_who_may_not_begin_yet_is_told_and_gets_through(person: Callable[..., Person]) -> None:
    customer = person()
    page = customer.page
    refusals = [{"status": 429, "headers": {"Retry-After": "1"}, "json": {"error": "please wait"}}]
    page.route(
        "**/api/conversations", lambda route: route.fulfill(**refusals.pop()) if refusals else route.continue_()
    )
    open_chat(page)
    say(page, QUESTION)
    expect(page.get_by_text("Many messages at once: goes on in 1 s")).to_be_visible()

    answered(page)
    customer.complaints.clear()  # the browser reports the 429


def test_three_questions_may_come_next_and_one_is_asked_by_keyboard(
    person: Callable[..., Person], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "RETURNS", replace(standin.RETURNS, related=NEXT))
    page = person().page
    open_chat(page)
    say(page, QUESTION)
    answered(page)
    chips = page.get_by_role("list", name="Related:").get_by_role("button")
    expect(chips).to_have_text(list(NEXT))
    page.get_by_role("button", name="More").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the conversation").click()
    assert NEXT[1] not in Path(download.value.path()).read_text()
    chips.first.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".turn.customer .words", has_text=NEXT[0])).to_have_count(1)
    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(2)
    expect(chips).to_have_count(2)
    page.reload()
    expect(chips).to_have_text(list(NEXT))


def test_an_agent_s_word_takes_the_questions_away(
    person: Callable[..., Person], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "RETURNS", replace(standin.RETURNS, related=NEXT))
    page = person().page
    open_chat(page)
    say(page, QUESTION)
    chips = page.get_by_role("list", name="Related:").get_by_role("button")
    expect(chips).to_have_count(2)
    (state,) = house.do(house.standin.conversations.recent())
    house.do(house.standin.say(state.id, "Mia", "Let me look.", "agent-turn-1"))

    expect(page.locator(".turn.agent")).to_have_count(1)
    expect(chips).to_have_count(0)
