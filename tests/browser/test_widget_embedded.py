"""The widget on other people's pages: plain ones, strict ones, ones that swap their content."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Person
from tests.browser.neighbour import NEIGHBOUR
from tests.browser.test_widget import ANSWER, QUESTION, kept, open_chat, say

WEB = Path(__file__).parents[2] / "bot" / "web"
ESBUILD = WEB / "node_modules" / ".bin" / "esbuild"
PAGE = '<!doctype html><html lang="en"><head><title>Shop</title>{head}</head><body>{body}</body></html>'
REACT = """
import { createElement as h, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function App() {
  const [place, go] = useState("home");
  const move = (to) => () => { history.pushState({}, "", "/" + to); go(to); };
  return h("main", null, h("h1", null, place),
    h("button", { onClick: move("cart") }, "Cart"), h("button", { onClick: move("home") }, "Home"),
    place === "cart" && h("kefu-chat", { "data-own": "yes" }));
}
createRoot(document.getElementById("app")).render(h(StrictMode, null, h(App)));
"""


def visit(person: Callable[..., Person], house: House, body: str, head: str = "", **headers: str) -> Person:
    """Someone before a page of another origin with the widget in it."""
    someone = person("/healthz")
    tag = f'<script async src="{house.address}/widget.js" data-kefu></script>'
    html = PAGE.format(head=head + tag, body=body)
    NEIGHBOUR.page, NEIGHBOUR.headers = html, headers
    someone.page.goto(NEIGHBOUR.origin)
    return someone


def asks(page: Page) -> None:
    open_chat(page)
    say(page, QUESTION)
    expect(page.locator("kefu-chat .turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(1)


def test_a_plain_page_s_styles_and_scripts_stay_outside(person: Callable[..., Person], house: House) -> None:
    rules = "* { color: red !important; font-size: 60px; display: block } button, section { display: none }"
    head = f"<style>{rules}</style>"
    page = visit(person, house, "<h1>Shop</h1>", head).page
    asks(page)

    words = page.locator(".turn.customer .words")
    assert words.evaluate("node => getComputedStyle(node).fontSize") == "15px"
    left = page.evaluate("Object.keys(window).filter((name) => /kefu|^lit/i.test(name))")
    assert sorted(left) == ["kefu", "litHtmlVersions"]


def test_a_page_with_a_strict_policy_needs_to_name_one_host(person: Callable[..., Person], house: House) -> None:
    allowed = f"script-src {house.address}; connect-src {house.address}; style-src 'none'"
    policy = f"default-src 'none'; {allowed}; require-trusted-types-for 'script'"
    page = visit(person, house, "<h1>Shop</h1>", **{"Content-Security-Policy": policy}).page
    asks(page)

    assert page.get_by_role("dialog").evaluate("node => getComputedStyle(node).borderRadius") == "16px"


def test_before_it_is_opened_it_is_one_small_request(person: Callable[..., Person], house: House) -> None:
    someone = person("/healthz")
    asked: list[str] = []
    someone.page.on("request", lambda request: asked.append(request.url.removeprefix(house.address)))
    someone.page.goto("/")
    expect(someone.page.get_by_role("button", name="Open the chat")).to_be_visible()
    someone.page.wait_for_load_state("networkidle")

    assert [path for path in asked if "widget" in path or "api" in path] == ["/widget.js"]
    assert kept(someone.page) == {}
    open_chat(someone.page)
    someone.page.get_by_label("Write a message").wait_for()
    assert "/widget/main.js" in asked


@pytest.mark.skipif(not ESBUILD.exists(), reason="NO SINGLE-PAGE APPLICATION TESTED: run scripts/build-web")
def test_a_react_application_moves_under_it(person: Callable[..., Person], house: House, tmp_path: Path) -> None:
    bundle = tmp_path / "app.js"
    command: list[Any] = [ESBUILD, "--bundle", "--format=iife", f"--outfile={bundle}", "--log-level=error"]
    command += ['--define:process.env.NODE_ENV="production"', "--loader=jsx"]
    subprocess.run(command, input=REACT, text=True, check=True, timeout=60, cwd=WEB)
    source = bundle.read_text().replace("</script", "<\\/script")
    script = f"<div id=app></div><script>{source}</script>"
    page = visit(person, house, script).page
    asks(page)
    page.get_by_role("button", name="Cart").click()
    expect(page.get_by_role("heading", name="cart")).to_be_visible()

    assert page.url.endswith("/cart")
    expect(page.locator("kefu-chat[floating] .turn.customer .words")).to_have_text(QUESTION)
    own = page.locator("kefu-chat[data-own]")
    expect(own.get_by_role("region", name="Chat with us")).to_be_visible()
    expect(own.locator(".turn.customer .words")).to_have_text(QUESTION)
    page.get_by_role("button", name="Home").click()
    expect(own).to_have_count(0)
    page.go_back()
    say(page, "May I return it open?")
    expect(page.locator("kefu-chat[floating] .turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(2)


def test_a_body_that_is_swapped_leaves_it_where_it_is(person: Callable[..., Person], house: House) -> None:
    page = person().page
    asks(page)
    page.evaluate("document.body.replaceWith(document.createElement('body'))")
    expect(page.locator("kefu-chat .turn.customer .words")).to_have_text(QUESTION)
    page.evaluate("document.body.replaceChildren()")
    say(page, "May I return it open?")

    expect(page.locator(".turn.bot:not(.making) .words", has_text=ANSWER)).to_have_count(2)


def test_where_storage_is_blocked_this_page_remembers(person: Callable[..., Person]) -> None:
    someone = person("/healthz")
    blocked = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    someone.context.add_init_script(blocked)
    someone.page.goto("/")
    asks(someone.page)
    someone.page.keyboard.press("Escape")
    someone.page.get_by_role("button", name="Open the chat").click()

    expect(someone.page.locator(".turn.customer .words")).to_have_text(QUESTION)


def test_a_chat_that_is_kept_away_is_told_and_can_be_tried_again(person: Callable[..., Person]) -> None:
    someone = person("/healthz")
    someone.page.route("**/widget/main.js", lambda route: route.abort())
    someone.page.goto("/")
    launcher = someone.page.locator("kefu-chat button")
    launcher.click()
    expect(launcher).to_have_text("!")
    launcher.click()

    expect(someone.page.get_by_label("Write a message")).to_be_focused()
    someone.complaints.clear()  # the browser reports the request that was kept away


def test_who_the_customer_is_may_be_asked_first(person: Callable[..., Person], house: House) -> None:
    someone = person("/healthz")
    body = PAGE.format(head='<script async src="/widget.js" data-kefu data-ask="name email"></script>', body="")
    someone.page.route("**/asking", lambda route: route.fulfill(content_type="text/html", body=body))
    someone.page.goto("/asking")
    open_chat(someone.page)
    someone.page.get_by_label("Your name").fill("Ada")
    someone.page.get_by_label("Your e-mail").fill("ada@shop.example")
    someone.page.get_by_role("button", name="Start").click()
    say(someone.page, QUESTION)
    expect(someone.page.locator(".turn.bot .words", has_text=ANSWER)).to_have_count(1)

    (state,) = house.do(house.standin.conversations.recent())
    assert state.name == "Ada · ada@shop.example (unverified)"
    someone.page.reload()
    expect(someone.page.get_by_label("Write a message")).to_be_visible()


def test_the_page_changes_language_and_theme_and_forgets(person: Callable[..., Person]) -> None:
    page = person().page
    asks(page)
    page.evaluate("() => { kefu.setLocale('ar'); kefu.setTheme('dark'); }")
    expect(page.get_by_role("button", name="التحدث إلى موظف")).to_be_visible()
    expect(page.locator("kefu-chat .root")).to_have_attribute("dir", "rtl")
    ground = page.locator(".panel").evaluate("node => getComputedStyle(node).backgroundColor")
    assert ground == "rgb(22, 25, 29)"
    page.evaluate("() => kefu.reset()")

    expect(page.locator(".turn.customer")).to_have_count(0)
    assert kept(page) == {}


def test_events_reach_the_window_too(person: Callable[..., Person]) -> None:
    page = person().page
    page.evaluate("() => addEventListener('kefu:answer', ({ detail }) => (document.body.dataset.answer = detail))")
    asks(page)

    expect(page.locator("body")).to_have_attribute("data-answer", re.compile(f"^{re.escape(ANSWER)}"))


def test_the_menu_ends_scores_and_keeps_a_copy(person: Callable[..., Person], house: House) -> None:
    page = person().page
    asks(page)
    page.get_by_role("button", name="More").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the conversation").click()
    text = Path(download.value.path()).read_text()
    assert f"You: {QUESTION}" in text
    assert "[1] How long can I return an item? – https://shop.example/help/returns" in text
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="End this conversation").click()
    page.get_by_role("button", name="4 of 5 stars").click()
    page.get_by_label("Why? (optional)").fill("Quick and clear")
    page.get_by_role("button", name="Tell us").click()
    expect(page.get_by_label("Why? (optional)")).to_have_count(0)

    (state,) = house.do(house.standin.conversations.recent())
    page.wait_for_timeout(200)
    told = house.do(house.standin.conversations.read(state.id)).turns
    assert [(turn.name, turn.note) for turn in told if turn.text == "scored"] == [("4", ""), ("4", "Quick and clear")]


def test_escape_closes_the_menu_first_and_the_chat_then(person: Callable[..., Person]) -> None:
    page = person().page
    asks(page)
    more = page.get_by_role("button", name="More")
    more.click()
    page.keyboard.press("Escape")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(more).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_have_count(0)


def test_a_message_that_nobody_saw_is_previewed(person: Callable[..., Person], house: House) -> None:
    page = person().page
    asks(page)
    page.keyboard.press("Escape")
    (state,) = house.do(house.standin.conversations.recent())
    house.do(house.standin.say(state.id, "Mia", "Anything else?", "agent-turn-1"))
    page.get_by_role("button", name="Anything else?").click()

    expect(page.locator(".turn.agent .words")).to_have_text("Anything else?")
    expect(page.locator(".preview")).to_have_count(0)
