"""Pictures of what customers and agents see, taken in a real Chromium before a real `kefu serve` over the sample.

`python -m scripts.screenshots [NAME…]` writes `.pictures/NAME.webp`; needs Chromium and no model.
"""

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

FOLDER = Path(__file__).parents[1] / ".pictures"
LARGEST = 60_000  # bytes
QUALITIES = (0.82, 0.6, 0.45, 0.3)
"""The first one with which a picture is small enough is taken."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {"viewport": {"width": 390, "height": 720}, "device_scale_factor": 1.5, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1000, "height": 700}}
DESK = {"viewport": {"width": 1280, "height": 800}}
DARK = {"color_scheme": "dark"}
QUICKLY = {
    "KEFU_PORT": "0",
    "KEFU_EMBEDDER": "hashing",
    "KEFU_CALIBRATE": "false",
    "KEFU_GENERATE": "false",
    "KEFU_BURST_SECONDS": "0",
}
"""No model is needed: what is asked is asked in the sample's own words."""
# A canvas knows WebP: no library is needed for it.
TO_WEBP = """async ([image, quality]) => {
    const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + image)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality })).arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
}"""
ASKED = {
    "en": ["How many days do I have to return something?", "Who pays for return shipping?"],
    "zh": ["怎么取消订单？", "多久能送到？"],
    "ar": [],
}
OFFERED = {
    "en": "How long does delivery take?|Which ways of paying do you take?",
    "zh": "送货需要多长时间？|可以用哪些方式付款？",
    "ar": "كم يستغرق التوصيل؟|ما هي طرق الدفع المتاحة؟",
}
WRITTEN = [
    ["How much does shipping cost?"],
    ["怎么取消订单？"],
    ["Which payment methods do you accept?", "Thank you!"],
    ["Which wine goes with salmon?"],
    ["/human", "How many days do I have to return something?"],
]


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of a house over the sample knowledge, and its one-time link."""
    environment = {**os.environ, "KEFU_DATA_DIR": str(folder), **QUICKLY}
    command = [sys.executable, "-m", "bot"]
    subprocess.run([*command, "knowledge", "build", "--sample"], env=environment, check=True, capture_output=True)
    with subprocess.Popen(
        [*command, "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            printed = ""
            while not (found := re.search(r"(http://\S+?)/desk/login#\S+", printed)):
                line = process.stdout.readline()
                if not line:
                    sys.exit("scripts/screenshots: kefu serve did not begin; `kefu doctor` says why")
                printed += line
            yield found[1], found[0]
        finally:
            process.terminate()


def write(address: str, texts: list[str]) -> None:
    """What a customer writes, one message after the other was answered."""

    def call(path: str, body: object = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(address + path, data, headers), timeout=30) as answer:
            return json.load(answer)

    token = call("/api/conversations", {})["token"]
    for number, text in enumerate(texts):
        call("/api/messages", {"id": f"message-{number}", "text": text}, token)
        for _ in range(100):
            turns = call("/api/conversation", token=token)["turns"]
            if turns and turns[-1]["role"] != "customer":
                break


def widget(language: str) -> Callable[[Page], None]:
    """The open chat on a page in a language, after its questions."""

    def show(page: Page) -> None:
        page.route(re.compile(r"/$"), in_language)
        page.goto("/")
        page.locator("kefu-chat button").first.click()
        page.locator("textarea").wait_for()
        for number, text in enumerate(ASKED[language], 1):
            page.locator("textarea").fill(text)
            page.keyboard.press("Enter")
            page.locator(".turn.bot:not(.making) .chip").nth(number - 1).wait_for()
        page.wait_for_timeout(800)

    def in_language(route: Route) -> None:
        got = route.fetch()
        route.fulfill(response=got, body=told(got.text()))

    def told(html: str) -> str:
        direction = "rtl" if language == "ar" else "ltr"
        html = html.replace('<html lang="en">', f'<html lang="{language}" dir="{direction}">')
        return html.replace(" data-kefu>", f' data-kefu data-suggest="{OFFERED[language]}">')

    return show


def desk(page: Page) -> None:
    """The inbox and the conversation that waits for a person, with a suggestion."""
    page.get_by_role("heading", name="Conversations").wait_for()
    rows = page.locator("#conversations").get_by_role("button", name=re.compile("Visitor"))
    rows.filter(has_text="Waiting").first.click()
    page.locator(".turn.customer").first.wait_for()
    page.keyboard.press("Alt+KeyR")
    page.get_by_role("complementary", name="Suggested reply").locator("blockquote").wait_for()
    page.mouse.move(5, 5)
    page.wait_for_timeout(1_000)


def picture(page: Page, name: str) -> None:
    """Write what the page shows; told when it is larger than a README should carry."""
    image = base64.b64encode(page.screenshot()).decode()
    blank = page.context.browser.new_page()  # type: ignore[union-attr]
    for quality in QUALITIES:
        data = base64.b64decode(blank.evaluate(TO_WEBP, [image, quality]))
        if len(data) <= LARGEST:
            break
    blank.close()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.webp").write_bytes(data)
    print(f"{name}.webp: {len(data):,} bytes{' TOO LARGE' if len(data) > LARGEST else ''}", flush=True)


def main(wanted: list[str]) -> None:
    """Take those that are wanted, or all."""
    shots: dict[str, tuple[dict[str, Any], Callable[[Page], None]]] = {
        "widget-phone-light": (PHONE, widget("en")),
        "widget-phone-dark-zh": (PHONE | DARK | {"locale": "zh-CN"}, widget("zh")),
        "widget-phone-ar": (PHONE | {"locale": "ar"}, widget("ar")),
        "widget-desktop": (DESKTOP, widget("en")),
        "desk-light": (DESK, desk),
        "desk-dark": (DESK | DARK, desk),
    }
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder, served(Path(folder)) as (address, link):
        for texts in WRITTEN:
            write(address, texts)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox"])
            state = logged_in(browser, link)
            for name, (options, show) in shots.items():
                if wanted and name not in wanted:
                    continue
                if show is desk:
                    page = browser.new_context(storage_state=state, locale="en-GB", **options).new_page()
                    page.goto(f"{address}/desk")
                else:
                    page = browser.new_context(base_url=address, **options).new_page()
                show(page)
                picture(page, name)
                page.context.close()
            browser.close()


def logged_in(browser: Browser, link: str) -> Any:
    """The cookies of an agent who came by the link."""
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(link)
    page.get_by_label("Your name").fill("Mia")
    page.get_by_role("button", name="Enter").click()
    page.get_by_role("heading", name="Conversations").wait_for()
    state = page.context.storage_state()
    page.context.close()
    return state


if __name__ == "__main__":
    main(sys.argv[1:])
