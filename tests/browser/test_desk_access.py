"""The desk for everyone: no violation that axe knows of, in light and dark, large and small, in all its windows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House, Person
from tests.browser.test_desk import choose, write_in
from tests.browser.test_widget import QUESTION

AXE = Path(__file__).parents[2] / "bot" / "web" / "node_modules" / "axe-core" / "axe.min.js"
SHAPES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "tablet": {"viewport": {"width": 1024, "height": 768}},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "200 %": {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2},
}

pytestmark = pytest.mark.skipif(not AXE.exists(), reason="NOT TESTED WITH AXE: scripts/build-web has not run")


def violations(page: Page) -> list[str]:
    """What axe finds, of any impact."""
    if not page.evaluate("() => 'axe' in window"):
        # Past the page's policy, as a browser's own tools are.
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document)")["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for each in found
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_axe_finds_nothing_in_the_inbox_and_a_conversation(
    agent: Callable[..., Person], house: House, shape: str
) -> None:
    name, waiting = write_in(house, QUESTION, "/human please")
    desk = agent(**SHAPES[shape]).page
    rows = desk.locator("#conversations").get_by_role("button")
    expect(rows.filter(has_text=waiting)).to_contain_text("Waiting")
    assert violations(desk) == []
    choose(desk, name)
    expect(desk.locator(".turn.bot:not(.making)")).to_have_count(1)  # its turn clears a suggestion
    desk.keyboard.press("Alt+KeyR")
    expect(desk.locator("mark").first).to_be_attached()
    desk.keyboard.press("Alt+KeyG")
    desk.get_by_role("combobox", name="Tag").fill("vip")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Alt+KeyP")
    desk.get_by_label("Private note for colleagues").fill("A note")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".turn.note")).to_have_count(1)

    assert violations(desk) == []
    assert desk.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("keys", ["?", "Control+KeyK", "Alt+KeyM", "Alt+KeyA", "Alt+KeyG", "Alt+KeyW", "Alt+KeyU"])
def test_axe_finds_nothing_in_a_window(agent: Callable[..., Person], house: House, keys: str) -> None:
    (name,) = write_in(house, QUESTION)
    desk = agent().page
    choose(desk, name)
    expect(desk.locator(".turn.bot:not(.making)")).to_have_count(1)
    desk.keyboard.press(keys)
    expect(desk.get_by_role("dialog")).to_be_visible()

    assert violations(desk) == []
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_login(person: Callable[..., Person], house: House, scheme: str) -> None:
    link = house.do(house.sessions.invite())
    page = person(f"/desk/login#{link}", color_scheme=scheme).page
    expect(page.get_by_label("Your name")).to_be_visible()

    assert violations(page) == []


@pytest.mark.parametrize("shape", ["light", "dark", "phone"])
def test_axe_finds_nothing_in_what_is_written_and_read_for_agents(
    agent: Callable[..., Person], house: House, shape: str
) -> None:
    house.call(house.standin.may_answer.clear)
    house.writes.drafts["我的包裹"] = "Where is my parcel?"
    house.writes.drafts["太失望"] = "I am very disappointed!"
    house.writes.drafts["left on 4 May"] = "您的包裹于5月4日寄出。"
    name, _ = write_in(house, "我的包裹在哪里？太失望了！", "This is ridiculous, you are useless!")
    desk = agent(**SHAPES[shape]).page
    expect(desk.locator("#conversations").get_by_text("⚠ upset")).to_be_visible()
    choose(desk, name)
    desk.get_by_role("button", name="Translate into English").click()
    expect(desk.get_by_role("group", name="Machine translation")).to_contain_text("Where is my parcel?")
    desk.locator("details.summary > summary").click()
    desk.get_by_label("Reply to the customer").fill("it left on 4 May")
    assert violations(desk) == []
    for keys, label in (("Alt+KeyB", "Shorter"), ("Alt+KeyX", "Use this")):
        desk.keyboard.press(keys)
        expect(desk.get_by_role("dialog").get_by_text(label)).to_be_visible()
        assert violations(desk) == []
        desk.keyboard.press("Escape")
        expect(desk.get_by_role("dialog")).to_have_count(0)

    assert desk.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
