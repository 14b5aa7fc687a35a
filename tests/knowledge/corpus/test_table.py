from pathlib import Path

import pytest

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Place
from knowledge.corpus.table import load
from knowledge.errors import CorpusError

SAMPLES = Path(__file__).parent / "samples"


def rows(text: str, name: str = "faq.csv"):
    return list(load(Source(name, text)))


def complaint(text: str) -> str:
    with pytest.raises(CorpusError) as caught:
        rows(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_reads_every_field() -> None:
    first, second = rows((SAMPLES / "faq.csv").read_text(encoding="utf-8"))
    assert first.id == "ret-1"
    assert first.answer == "You have 30 days from delivery.\nThe item must be unused."
    assert first.similar == ("What is the return window?", "Can I send it back after two weeks?")
    assert first.tags == ("returns", "orders")
    assert first.url == "https://shop.example/returns"
    assert second.answer == "Yes, to 31 countries. Shipping starts at €4.50."
    assert second.url is None


def test_counts_lines_across_quoted_newlines_and_blank_rows() -> None:
    entries = rows('question,answer\n\na,"1\n2\n3"\nb,x\n')
    assert [entry.place for entry in entries] == [Place("faq.csv", 3), Place("faq.csv", 6)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_delimiter(delimiter: str) -> None:
    text = f'"Question"{delimiter}"Answer"\n"Is it, or; is it not?"{delimiter}"It is."\n'
    assert rows(text)[0].question == "Is it, or; is it not?"


@pytest.mark.parametrize(
    "header", ["Q,A", "QUESTION, answer ", "问题,答案", "标题,回复", "title,Text", "標準問題,答覆"]
)
def test_knows_what_people_call_their_columns(header: str) -> None:
    entry = rows(f"{header}\none,two\n")[0]
    assert (entry.question or entry.title, entry.answer) == ("one", "two")


def test_collects_several_columns_of_similar_questions() -> None:
    entry = rows('question,answer,similar 1,Similar_2\nq,a,x|y,"z\nx"\n')[0]
    assert entry.similar == ("x", "y", "z")


def test_reads_chinese_headers_and_separators() -> None:
    first, _ = rows((SAMPLES / "faq_zh.tsv").read_text(encoding="utf-8"), "faq_zh.tsv")
    assert (first.id, first.question) == ("zh-1", "怎么申请退货？")
    assert first.similar == ("可以退货吗", "不想要了怎么办")
    assert first.tags == ("售后", "退货")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question,reply to\na,b\n", "1: no column 'answer' (found: question, reply to)"),
        ("Frage,answer\na,b\n", "1: no column 'question' (found: Frage, answer)"),
        (",,\n", "1: no column 'question' (found: ,,)"),
        ("question,answer\na,b\nc\n", "3: no column 'answer': the row ends after cell 1: fill it or remove the row"),
        ("question,answer\na, \n", "2: no column 'answer': the cell is empty: fill it or remove the row"),
        ("question,answer\n,b\n", "2: no column 'question': the cell is empty: fill it or remove the row"),
        ("q,a,answer\na,b,c\n", "1: more than one column 'answer' (found: q, a, answer): rename all but one"),
        ("q,a\na,b\nc,Yes, we do\n", "3: 3 cells under 2 columns: put double quotes around a cell with ',' in it"),
    ],
)
def test_refuses_a_bad_table_with_place_and_cure(text: str, message: str) -> None:
    assert complaint(text) == f"faq.csv:{message}"


def test_names_the_row_in_which_a_quote_is_left_open() -> None:
    assert complaint('q,a\na,b\nc,"d\ne,f\ng,h\n').startswith('faq.csv:3: a quote (") opens in this row')


def test_names_the_row_in_which_text_follows_a_quote() -> None:
    assert complaint('q,a\na,"b" c\n').startswith("faq.csv:2: text follows a closing quote")


def test_names_the_row_of_an_endless_cell() -> None:
    assert complaint(f'q,a\na,"{"b" * 200_000}"\n').startswith("faq.csv:2: a cell of more than 131,072 characters")
