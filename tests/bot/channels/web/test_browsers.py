"""Headers as browsers send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.browsers import browser_of

CHROME = "(KHTML, like Gecko) Chrome/140.0.0.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36"


@pytest.mark.parametrize(
    ("header", "browser", "system"),
    [
        ("Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0", "Firefox", "Android"),
        (f"{IPHONE} {WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
        (f"{IPHONE} {WEBKIT} CriOS/140.0.7339.101 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"),
        (f"{IPHONE} {WEBKIT} FxiOS/143.0 Mobile/15E148 Safari/605.1.15", "Firefox", "iPhone"),
        (f"{IPHONE} {WEBKIT} Version/18.0 EdgiOS/140.0.3485.54 Mobile/15E148 Safari/605.1.15", "Edge", "iPhone"),
        (f"{IPHONE} {WEBKIT} Mobile/15E148 MicroMessenger/8.0.60(0x18003c31) NetType/WIFI", "WeChat", "iPhone"),
        (f"{IPHONE} {WEBKIT} Mobile/15E148", "", "iPhone"),
        (f"Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) {WEBKIT} Version/16.6 Safari/604.1", "Safari", "iPad"),
        (f"{MAC} {WEBKIT} Version/18.6 Safari/605.1.15", "Safari", "Mac"),
        (f"{MAC} AppleWebKit/537.36 {CHROME} Safari/537.36", "Chrome", "Mac"),
        (f"{WINDOWS} AppleWebKit/537.36 {CHROME} Safari/537.36 Edg/140.0.0.0", "Edge", "Windows"),
        (f"{WINDOWS} AppleWebKit/537.36 {CHROME} Safari/537.36 OPR/121.0.0.0", "Opera", "Windows"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox", "Windows"),
        (f"{ANDROID} {CHROME} Mobile Safari/537.36", "Chrome", "Android"),
        (f"{ANDROID} (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0", "Samsung Internet", "Android"),
        (
            "Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/132.0 HuaweiBrowser/5.1 HarmonyOS",
            "Huawei Browser",
            "HarmonyOS",
        ),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 {CHROME}", "Chrome", "ChromeOS"),
        (
            f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Headless{CHROME[-16:]}",
            "Chrome",
            "Linux",
        ),
        ("curl/8.14.1", "", ""),
        ("", "", ""),
    ],
)
def test_a_header_tells_the_browser_and_the_system(header: str, browser: str, system: str) -> None:
    assert browser_of(header) == (browser, system)


@given(st.text())
def test_nothing_of_a_header_itself_is_kept(header: str) -> None:
    assert all(len(told) <= 20 and told.isascii() for told in browser_of(header))


def test_a_header_without_end_is_read_at_its_begin_alone() -> None:
    assert browser_of("x" * 1_000_000 + "Firefox") == ("", "")
