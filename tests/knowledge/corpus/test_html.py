from pathlib import Path

import pytest

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Entry
from knowledge.corpus.html import load

FAQ = Path(__file__).parent / "samples" / "help" / "faq_zh.html"


def entries(text: str) -> list[Entry]:
    return list(load(Source("help.html", text)))


def answers(text: str) -> list[tuple[str, str]]:
    return [(entry.question or entry.title, entry.answer) for entry in entries(text)]


def test_reads_a_help_page() -> None:
    found = list(load(Source("faq_zh.html", FAQ.read_text(encoding="utf-8"))))
    assert [(entry.question or entry.title, entry.answer) for entry in found] == [
        ("帮助中心", "工作时间：9:00–18:00。"),
        ("怎么退款？", "退款将在3个工作日内原路返回。"),
        ("多久到账？", "银行卡一般需要 1–3 天。"),
        ("帮助中心 › 退款与退货", "方式 | 时间\n微信 | 即时"),
        ("可以开发票吗？", "可以，支持电子发票。"),
    ]
    assert {(entry.language, entry.url) for entry in found} == {("zh", "https://shop.example/zh/help")}


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>secret</p>",
        '<p style="color:red; DISPLAY : none">secret</p>',
        '<div aria-hidden="true"><p>secret</p></div>',
        '<span style="font-size:0px">secret</span>',
        '<span class="sr-only">secret</span>',
        "<script>secret</script>",
        "<style>secret</style>",
        "<template>secret</template>",
        "<!-- secret -->",
        "<nav>secret</nav>",
        "<header>secret</header>",
        "<footer>secret</footer>",
        "<aside>secret</aside>",
        '<div role="navigation">secret</div>',
        "<svg><text>secret</text></svg>",
        "<ul><li><a href='#x'>secret</a></li></ul>",
    ],
)
def test_leaves_out_what_no_reader_of_the_content_sees(hidden: str) -> None:
    assert answers(f"<h1>Help</h1>{hidden}<p>Shown {hidden if 'span' in hidden else ''}text.</p>") == [
        ("Help", "Shown text.")
    ]


def test_what_a_button_opens_counts_as_seen() -> None:
    text = '<h3><button aria-controls="a1">Why?</button></h3><div id="a1" hidden>Because.</div>'
    assert answers(text) == [("Why?", "Because.")]


def test_reads_only_the_main_content_where_it_is_marked() -> None:
    assert answers("<p>around</p><main><header><h1>T</h1></header><p>inside</p></main>") == [("T", "inside")]


@pytest.mark.parametrize(
    "text",
    [
        "<h2>Why?</h2><p>Because.</p>",
        "<h2>Q: Why?</h2>A: Because.",
        "<details><summary>Why?</summary>Because.</details>",
        "<dl><dt>Why?</dt><dd>Because.</dd></dl>",
        "<p><strong>Why?</strong></p><p>Because.</p>",
        "<p><b>1. Why?</b><br>Because.</p>",
        "<ul><li><h3>Why?</h3><p>Because.</p></li></ul>",
        '<div itemscope itemtype="https://schema.org/Question"><span itemprop="name">Why?</span>'
        '<div itemprop="acceptedAnswer"><p itemprop="text">Because.</p></div></div>',
        '<script type="application/ld+json">{"@graph": [{"@type": "FAQPage", "mainEntity": {"@type": "Question",'
        '"name": "Why?", "acceptedAnswer": [{"text": "<b>Because.</b>"}]}}]}</script>',
    ],
)
def test_recognises_the_ways_to_write_a_question(text: str) -> None:
    assert answers(text) == [("Why?", "Because.")]


def test_renders_lists_links_tables_and_code() -> None:
    text = (
        "<h1>T</h1><p>See\n <a href='https://a.example/x'>this page</a>,<br>"
        "or <a href='mailto:a@b.example'>write</a>."
        "</p><ol><li>One<ul><li>deep</li></ul></li><li>Two</li></ol>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2 &amp; 3</td></tr></table><pre>x\n  y</pre>"
    )
    assert answers(text) == [
        (
            "T",
            "See this page (https://a.example/x),\nor write (a@b.example).\n\n1. One\n  - deep\n2. Two\n\n"
            "A | B\n1 | 2 & 3\n\nx\n  y",
        )
    ]


def test_places_span_the_section_in_the_source() -> None:
    text = '<title>No > "x"</title><h1>A</h1>\n<p title="a > b">One &lt;two&gt;</p>\n<h2>B</h2>three'
    first, second = entries(text)
    assert text[first.place.start : first.place.end] == 'A</h1>\n<p title="a > b">One &lt;two&gt;'
    assert first.answer == "One <two>"
    assert text[second.place.start : second.place.end] == "B</h2>three"
    assert second.place.line == 3


def test_the_page_title_stands_in_for_a_missing_heading() -> None:
    assert entries("<title>Returns | Shop</title><p>30 days.</p>")[0].title == "Returns"


def test_marks_of_positions_never_show() -> None:
    (entry,) = entries("<p>a\ufdd0" + "7\ufdd1 b <b>c</b></p>")
    assert "\ufdd0" not in entry.answer
    assert entry.answer.endswith("b c")


@pytest.mark.parametrize(
    "text",
    ["<div>" * 5_000 + "x", "<span>" * 3_000 + "x", "<ul><li>x" * 999, "<a <a" * 999, "<p a='x", "<![CDATA[", "<"],
)
def test_survives_broken_pages(text: str) -> None:
    entries(text)


def test_bad_json_ld_is_passed_over() -> None:
    assert answers('<script type="application/ld+json">{"@type":</script><p>x</p>') == [("", "x")]
