"""Files in a real browser: a customer attaches them, an agent sees them and sends some back."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bot.files.samples import HTML, PDF, png
from tests.browser.conftest import House, Person

WINDOW = {"width": 900, "height": 760}


def picture(side: int = 48) -> dict[str, object]:
    return {"name": "lamp.png", "mimeType": "image/png", "buffer": png(side, side)}


def table(name: str = "prices.csv", content: bytes = b"a,b\n1,2\n") -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


@pytest.fixture
def chat(person: Callable[..., Person]) -> Page:
    page = person().page
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_role("button", name="Attach a file").wait_for()
    return page


def choose(page: Page, *files: dict[str, object]) -> None:
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Attach a file").click()
    choosing.value.set_files(list(files))  # type: ignore[arg-type]


def drop(page: Page, kind: str, name: str, content: bytes) -> None:
    """A file that comes by `kind`: "drop" or "paste"."""
    page.evaluate(
        """([kind, name, words]) => {
          const bytes = Uint8Array.from(atob(words), (char) => char.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], name));
          const area = document.querySelector("kefu-chat").shadowRoot.querySelector("textarea");
          const event = kind === "paste"
            ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
          area.dispatchEvent(event);
        }""",
        [kind, name, base64.b64encode(content).decode()],
    )


def kept(house: House) -> list[tuple[str, list[str]]]:
    """The customer's turns: their words and the names of their files."""

    async def turns() -> list[tuple[str, list[str]]]:
        found = []
        for state in await house.standin.conversations.recent():
            known = await house.standin.conversations.read(state.id)
            found += [
                (turn.text, [each.name for each in turn.attachments])
                for turn in known.turns
                if turn.role == "customer"
            ]
        return found

    return house.do(turns())


def test_a_picture_and_a_table_are_sent_with_words(chat: Page, house: House) -> None:
    choose(chat, picture(), table())
    expect(chat.get_by_role("listitem").filter(has_text="prices.csv").locator(".file-size")).to_be_visible()
    chat.get_by_label("Write a message").fill("This lamp can I return?")
    chat.keyboard.press("Enter")

    turn = chat.locator(".turn.customer")
    expect(turn.locator("img.file-picture")).to_be_visible()
    expect(turn.get_by_role("button", name="Download prices.csv")).to_be_visible()
    expect(chat.locator(".files li")).to_have_count(0)
    expect(chat.locator(".pending")).to_have_count(0)
    assert kept(house) == [("This lamp can I return?", ["lamp.png", "prices.csv"])]


def test_a_file_needs_no_words_and_is_still_there_after_a_reload(chat: Page, house: House) -> None:
    choose(chat, picture())
    chat.get_by_role("button", name="Send").click()
    expect(chat.locator(".turn.customer img")).to_be_visible()
    expect(chat.locator(".pending")).to_have_count(0)

    chat.reload()
    fetched = chat.locator(".turn.customer img.file-picture")
    expect(fetched).to_be_visible()
    assert fetched.evaluate("(image) => image.naturalWidth") == 48
    assert kept(house) == [("", ["lamp.png"])]


def test_what_was_sent_can_be_saved(chat: Page, tmp_path: Path) -> None:
    choose(chat, table())
    chat.get_by_role("button", name="Send").click()
    with chat.expect_download() as saving:
        chat.get_by_role("button", name="Download prices.csv").click()

    saving.value.save_as(tmp_path / "saved")
    assert saving.value.suggested_filename == "prices.csv"
    assert (tmp_path / "saved").read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_files_are_dropped_and_pasted(chat: Page, house: House, way: str) -> None:
    drop(chat, way, "lamp.png", png(5, 5))
    expect(chat.locator(".files li .file-size")).to_be_visible()
    chat.get_by_label("Write a message").press("Enter")

    expect(chat.locator(".turn.customer")).to_contain_text("lamp.png")
    expect(chat.locator(".pending")).to_have_count(0)
    assert kept(house) == [("", ["lamp.png"])]


@pytest.mark.parametrize(
    ("language", "attach", "told"),
    [
        ("en", "Attach a file", "Files of this type cannot be sent."),
        ("zh", "添加文件", "不能发送这种类型的文件。"),
        ("es", "Adjuntar un archivo", "No se pueden enviar archivos de este tipo."),
        ("de", "Datei anhängen", "Dateien dieser Art können nicht gesendet werden."),
        ("fr", "Joindre un fichier", "Les fichiers de ce type ne peuvent pas être envoyés."),
        ("ar", "إرفاق ملف", "لا يمكن إرسال ملفات من هذا النوع."),
    ],
)
def test_a_refusal_is_told_in_the_customer_s_language(
    person: Callable[..., Person], language: str, attach: str, told: str
) -> None:
    someone = person(locale=language)
    page = someone.page
    page.evaluate("(language) => (document.documentElement.lang = language)", language)
    page.evaluate("kefu.push(['open'])")
    page.evaluate("(language) => kefu.push(['setLocale', language])", language)
    page.locator(".attach").wait_for()
    page.evaluate("(language) => kefu.setLocale?.(language)", language)
    drop(page, "drop", "page.png", HTML)

    expect(page.locator(".files li .problem")).to_contain_text(told)
    expect(page.locator(".attach")).to_have_attribute("aria-label", attach)
    someone.complaints = [said for said in someone.complaints if "415" not in said]


def test_too_large_is_told_before_anything_is_sent(chat: Page) -> None:
    requests: list[str] = []
    chat.on("request", lambda request: requests.append(request.url))
    choose(chat, {"name": "long.txt", "mimeType": "text/plain", "buffer": b"words " * 1_700_000})

    expect(chat.locator(".files .problem").first).to_contain_text("at most 10 MB")
    assert not [url for url in requests if "/api/files" in url]


def test_a_message_carries_five(chat: Page) -> None:
    choose(chat, *(table(f"{number}.csv") for number in range(7)))

    expect(chat.locator(".files li")).to_have_count(5)
    expect(chat.get_by_text("A message can carry 5 files.")).to_be_visible()


def test_a_file_on_its_way_can_be_cancelled_and_one_that_failed_sent_again(
    person: Callable[..., Person], house: House
) -> None:
    someone = person()
    page = someone.page
    page.get_by_role("button", name="Open the chat").click()
    held: list[object] = []
    page.route("**/api/files?**", lambda route: held.append(route))
    choose(page, picture(), table())
    page.get_by_role("progressbar", name="Sending lamp.png").wait_for()
    page.get_by_role("button", name="Cancel lamp.png").click()
    expect(page.locator(".files li")).to_have_count(1)

    page.wait_for_timeout(200)
    for route in held:
        route.abort()  # type: ignore[attr-defined]
    page.get_by_text("No connection.").wait_for()
    page.unroute("**/api/files?**")
    page.get_by_role("button", name="Try again: prices.csv").click()
    expect(page.locator(".files li .file-size")).to_be_visible()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".turn.customer")).to_contain_text("prices.csv")
    expect(page.locator(".pending")).to_have_count(0)

    assert kept(house) == [("", ["prices.csv"])]
    someone.complaints.clear()


def test_everything_is_reached_by_keys(chat: Page, house: House) -> None:
    choose(chat, table())
    chat.get_by_label("Write a message").focus()
    chat.keyboard.press("Tab")
    assert chat.evaluate("document.querySelector('kefu-chat').shadowRoot.activeElement.ariaLabel") == "Attach a file"
    chat.keyboard.press("Shift+Tab")
    chat.keyboard.press("Shift+Tab")
    chat.keyboard.press("Enter")

    expect(chat.locator(".files li")).to_have_count(0)
    assert kept(house) == []


def test_a_page_may_switch_files_off(person: Callable[..., Person]) -> None:
    page = person().page
    page.evaluate("document.querySelector('kefu-chat').setAttribute('files', 'false')")
    page.get_by_role("button", name="Open the chat").click()
    page.get_by_label("Write a message").wait_for()
    page.wait_for_timeout(500)

    expect(page.locator(".attach")).to_have_count(0)


def test_an_agent_sees_the_files_and_sends_some_back(chat: Page, agent: Callable[..., Person], house: House) -> None:
    choose(chat, picture(), table())
    chat.get_by_label("Write a message").fill("Which lamp is this?")
    expect(chat.locator(".files li .file-size")).to_have_count(2)
    chat.keyboard.press("Enter")
    expect(chat.locator(".pending")).to_have_count(0)
    desk = agent(viewport={"width": 1300, "height": 860}).page
    desk.locator("#conversations button, #conversations a, #conversations li").first.click()
    expect(desk.locator(".turn.customer img")).to_be_visible()
    with desk.expect_download() as saving:
        desk.get_by_role("link", name="prices.csv").click()
    assert saving.value.suggested_filename == "prices.csv"

    with desk.expect_file_chooser() as choosing:
        desk.get_by_role("button", name="Attach a file").click()
    choosing.value.set_files([{"name": "offer.pdf", "mimeType": "application/pdf", "buffer": PDF}])
    desk.get_by_text("offer.pdf").wait_for()
    desk.locator("main textarea").fill("This is our offer.")
    desk.keyboard.press("Control+Enter")

    turn = chat.locator(".turn.agent")
    expect(turn).to_contain_text("This is our offer.")
    expect(turn.get_by_role("button", name="Download offer.pdf")).to_be_visible()
    expect(desk.locator(".turn.agent")).to_contain_text("offer.pdf")


def test_no_file_is_attached_to_a_customer_of_another_channel(agent: Callable[..., Person], house: House) -> None:
    from bot.conversation.messages import Message

    house.do(house.standin.receive(Message("telegram:1", "message-1", "Hello there", 0.0)))
    desk = agent().page
    desk.locator("#conversations button, #conversations a, #conversations li").first.click()
    expect(desk.locator(".turn.customer")).to_be_visible()

    expect(desk.get_by_role("button", name="Attach a file")).to_be_hidden()
