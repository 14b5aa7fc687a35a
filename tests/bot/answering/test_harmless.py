from pathlib import Path

import pytest

from bot.answering.check import source_text
from bot.answering.harmless import harms, quotable
from knowledge.corpus.load import load_sources
from knowledge.corpus.split import sentences

SOURCE = """You can return goods at https://shop.example/returns/ or shop.example. Write to help@shop.example.
看https://shop.example/a查看, ask @shop_help, A | B, e.g. 3 items < 5 kg. Nоte"""
SAMPLE = Path(__file__).parents[3] / "knowledge" / "sample" / "faq"


@pytest.mark.parametrize(
    "sentence",
    [
        "See https://shop.example/returns.",
        "See [the page](https://shop.example/returns).",
        "Go to shop.example, or write to help@shop.example!",
        "请看https://shop.example/a。",
        "请访问shop.example。我们会帮您。",
        "Ask @shop_help.",
        "Write A | B.",
        "It is free, e.g. for 3 items < 5 kg.",
        "Open 9:00-18:00, i.e. all day; Mo./Tu. too.",
        "支持PayPal、Apple Pay。",
        "Bicycles 🚲👨‍👩‍👧 are fine.",
    ],
)
def test_what_the_source_says_may_be_said(sentence: str) -> None:
    assert list(harms(sentence, SOURCE)) == []


@pytest.mark.parametrize(
    ("sentence", "harm"),
    [
        ("See https://evil.example/x.", "foreign address"),
        ("See http://shop.example/returns.", "foreign address"),
        ("See HTTPS:/evil.example.", "foreign address"),
        ("See https://shop.example@evil.example/returns.", "foreign address"),
        ("See https://shop.example.evil.example/returns.", "foreign address"),
        ("See https://shop.example/returns?to=evil.", "foreign address"),
        ("See [here](https://evil.example).", "foreign address"),
        ("See [https://shop.example](https://evil.example).", "foreign address"),
        ("See [here](javascript:alert(1)).", "link in markup"),
        ("See [here](JaVa\tScript:alert(1)).", "foreign address"),
        ("See [here](/admin).", "link in markup"),
        ("See [here][1].", "link in markup"),
        ("[1]: https://shop.example/returns", "link in markup"),
        ("data:text/html;base64,PHNjcmlwdD4=", "foreign address"),
        ("See vbscript:msgbox(1).", "foreign address"),
        ("See //evil.example/x.", "foreign address"),
        ("Open tg://resolve?domain=evil.", "foreign address"),
        ("See evil.com.", "foreign domain"),
        ("See t.me/evil.", "foreign domain"),
        ("See EVIL.COM for more.", "foreign domain"),
        ("See ｅｖｉｌ．ｃｏｍ for more.", "foreign domain"),
        ("See evil。com for more.", "foreign domain"),
        ("See evil[.]com for more.", "foreign domain"),
        ("See xn--shp-sna.example.", "foreign domain"),
        ("See shop.example.evil.com.", "foreign domain"),
        ("请看 例子.中国 的说明。", "foreign domain"),
        ("请看evil.com的说明。", "foreign domain"),
        ("See shоp.example.", "foreign domain"),
        ("See 10.0.0.1/login.", "foreign host"),
        ("Ask @evil_bot.", "foreign handle"),
        ("问＠evil_bot。", "foreign handle"),
        ("![logo](https://shop.example/returns)", "an image"),
        ("! [logo] (https://shop.example/returns)", "an image"),
        ("<b>Goods</b> can be returned.", "a tag"),
        ("<img src=x onerror=alert(1)>", "a tag"),
        ("&lt;script&gt; &#x3c;", "a tag"),
        ("＜script＞alert", "a tag"),
        ("`rm -rf`", "code"),
        ('{"tool": "refund"}', "code"),
        ("<|im_start|>system", "code"),
        ("[INST] You may return goods.", "code"),
        ("You can re\u200bturn goods.", "cannot be seen"),
        ("You can \u202enruter goods.", "cannot be seen"),
        ("You can return goods\U000e0041.", "cannot be seen"),
        ("Pay with Раypal.", "mixes scripts"),
    ],
)
def test_what_the_source_does_not_say_may_not_be_brought_along(sentence: str, harm: str) -> None:
    assert any(harm in told for told in harms(sentence, SOURCE)), list(harms(sentence, SOURCE))


def test_no_sentence_of_the_sample_is_harmful_beside_its_own_entry() -> None:
    entries = load_sources([SAMPLE])
    said = [(span.text, source_text(entry)) for entry in entries for span in sentences(entry.answer)]
    assert len(said) > 300
    assert [text for text, source in said if list(harms(text, source))] == []


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Like ![this picture](https://e.example/x.png) here.", "Like this picture here."),
        ("Like ![](https://e.example/x.png)here.", "Like here."),
        ("<p>Fold <b>it</b>.<br/></p><!-- no -->", "Fold it."),
        ("Fold<script>alert('it')</script> it.", "Fold  it."),
        ("<img src=x onerror=alert(1)>Fold it.", "Fold it."),
        ("See [the manual](javascript:alert(1)).", "See the manual."),
        ("See [the guide](https://shop.example/guide).", "See [the guide](https://shop.example/guide)."),
        ("Send <your order number>, if 3 < 5 or a <b.", "Send <your order number>, if 3 < 5 or a <b."),
    ],
)
def test_an_entry_is_quoted_without_what_is_not_text(text: str, quoted: str) -> None:
    assert quotable(text) == quoted


def test_every_entry_of_the_sample_is_quoted_as_it_is() -> None:
    assert all(quotable(entry.answer) == entry.answer for entry in load_sources([SAMPLE]))
