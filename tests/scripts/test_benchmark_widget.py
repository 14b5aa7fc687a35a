"""How the widget's cost is counted, on loads whose cost is known, and one real load."""

import shutil
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import sync_playwright

from scripts.benchmark_widget import BUTTONS, FLAGS, STATIC, Cost, compared, load, serving, table

CHROMIUM = shutil.which("chromium")


def test_the_bare_page_is_taken_off_and_medians_are_compared() -> None:
    bare = [Cost(300, 1, 5, 1)] * 3
    kefu = [Cost(1300, 2, 9, 2), Cost(1300, 2, 7, 3), Cost(1300, 2, 70, 3)]
    other = [Cost(100_300, 4, 45, 41)] * 3
    told = compared({"none": bare, "kefu": kefu, "other": other})

    assert told["kefu"]["bytes"] == 1000
    assert (told["kefu"]["task_ms"], told["other"]["task_ms"]) == (4, 40)
    assert told["other"]["ratio_to_kefu"] == {"bytes": 100, "requests": 3, "task_ms": 10, "script_ms": 20}


def test_what_costs_nothing_measurable_is_compared_with_nothing() -> None:
    told = compared({"none": [Cost(0, 0, 5, 5)], "kefu": [Cost(1, 1, 4, 5)], "other": [Cost(2, 2, 9, 9)]})
    assert told["other"]["ratio_to_kefu"] == {"bytes": 2, "requests": 2}
    assert "other" in table({"chromium": "1", "runs": 1, "widgets": told})


def test_pages_and_files_are_served_packed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("let here;")
    with serving({"kefu": tmp_path}) as address, httpx2.Client(base_url=address) as client:
        script, page, missing = client.get("/kefu/a.js?1"), client.get("/kefu"), client.get("/kefu/b.js")

    assert (script.text, script.headers["Content-Encoding"]) == ("let here;", "gzip")
    assert "data-kefu" in page.text
    assert missing.status_code == 404


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER TESTED: install Debian's package chromium")
def test_one_load_of_the_widget_is_one_small_request() -> None:
    with serving({"kefu": STATIC}) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        bare, cost = load(browser, f"{address}/none", "h1"), load(browser, f"{address}/kefu", BUTTONS["kefu"])
        browser.close()

    assert cost.requests - bare.requests == 1
    assert 0 < cost.bytes - bare.bytes < 1_400
    assert cost.task_ms > 0
