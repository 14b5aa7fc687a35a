"""Prices are named by the phrases of a question, or not at all."""

from bot.answering.items import named, phrases
from bot.answering.prices import prices
from knowledge.corpus.entry import Entry

CARE = Entry(
    "care",
    "In our salon a short wash costs €20, a long wash €35 and a trim €12.",
    "What does a wash cost?",
    title="Care",
)
PARCELS = Entry("parcels", "A parcel costs €5 within Italy. Boats have their own price.", "What is postage?")
FREIGHT = Entry(
    "freight", "Boats go by ship: €90 within Italy and €150 to all others.", "What is postage for a boat?"
)
护理 = Entry("护理", "短洗 20 欧元，长洗 35 欧元，修剪 12 欧元。", "洗护多少钱？", language="zh")
小件 = Entry("小件", "小件邮费：意大利境内 5 欧元。游船等大件另行计价。", "邮费多少？", language="zh")


def amounts(question: str, *entries: Entry) -> list[int]:
    found = named(question, [price for entry in entries for price in prices(entry)], entries)
    return [int(each.price.amount) for each in found]


def test_a_question_is_cut_where_one_thing_may_end() -> None:
    assert phrases("A long wash and a trim, please") == ["A long wash", "a trim", "please"]
    assert phrases("长洗比短洗贵多少") == ["长洗", "短洗贵多少"]
    assert phrases("邮费加清洗费") == ["邮费", "清洗费"]
    assert phrases("加急多少钱") == ["加急多少钱"]


def test_each_phrase_names_the_price_that_has_its_words() -> None:
    assert amounts("What do a long wash and a trim cost?", CARE) == [35, 12]
    assert amounts("长洗加上修剪多少钱", 护理) == [35, 12]


def test_a_phrase_that_fits_two_prices_names_none() -> None:
    assert amounts("What do a wash and a trim cost?", CARE) == [12]


def test_an_entry_that_sends_elsewhere_is_not_asked() -> None:
    assert amounts("postage within Italy for a letter", PARCELS) == [5]
    assert amounts("postage within Italy for boats", PARCELS, FREIGHT) == [90]
    assert amounts("意大利邮费", 小件) == [5]
    assert amounts("小船的意大利邮费", 小件) == []


def test_what_all_others_pay_is_not_meant_by_its_own_words() -> None:
    assert amounts("ship to others", FREIGHT) == []
