"""A sentence that says the question again as if it were true, or loses a condition, does not pass."""

import pytest

from bot.answering.check import check_sentence
from bot.answering.strays import strays
from knowledge.corpus.entry import Entry

SCHOOL = "See how choice of school affects how much you may need to borrow."
SURVIVOR = (
    "If your spouse has died, you may be eligible for a higher survivor benefit based on his or her work. Parents"
    " may explore the other pages."
)
LEARNER = "If you have a learner permit, and you do not have a valid foreign license, the law requires a supervisor."
FOLDING = "You can only bring a folding bike to the train and other bikes must be parked at the station."
SEAL = "如果封签损坏，电池不能退货。"
RETURNS = "You can return goods within 30 days. If the seal is broken, batteries cannot be returned."


def objections(sentence: str, span: str, source: str = "") -> list[str]:
    return list(strays(sentence, span, source or span))


@pytest.mark.parametrize(
    ("sentence", "span", "source", "what"),
    [
        (
            "If your parents worked, you may be eligible for a higher survivor benefit based on his or her work.",
            SURVIVOR.partition(". ")[0],
            SURVIVOR,
            "condition of parent",
        ),
        ("You do not have a valid foreign license.", LEARNER, LEARNER, "leaves out the condition"),
        ("Batteries cannot be returned.", RETURNS.partition(". ")[2], RETURNS, "leaves out the condition"),
        (
            "电池不能退货。",
            "如果封签损坏，电池不能退货。",
            "如果封签损坏，电池不能退货。",
            "leaves out the condition",
        ),
        ("Yes, you can bring your bike on the train.", FOLDING, FOLDING, "leaves out the limit"),
        ("会员可以在线上预约试骑。", "只有会员在柏林门店可以预约试骑。", "", "leaves out the limit"),
        ("You can get this benefit.", "Find out if you can get this benefit.", "", "leaves open"),
        ("Your frame is insured.", "Before a tour, check whether your frame is insured.", "", "leaves open"),
        ("Ihr Rad passt.", "Prüfen Sie, ob Ihr Rad passt.", "", "leaves open"),
        ("支持货到付款。", "请先确认订单是否支持货到付款。", "", "leaves open"),
    ],
)
def test_what_the_source_does_not_say_is_an_objection(sentence: str, span: str, source: str, what: str) -> None:
    assert what in " ".join(objections(sentence, span, source))


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("You can return the goods within 30 days.", "You can return goods within 30 days."),
        ("Goods can be returned in 30 days.", "You can return goods within 30 days."),
        ("Discounts are given for children under 5.", "Discounts: if a child is under 5, they get in free."),
        ("If the seal of the battery is broken, it cannot be returned.", RETURNS.partition(". ")[2]),
        ("No, outdoor seating is not available.", "Outdoor seating is not available at Curry Garden."),
        ("You can bring a folding bike to the train.", "You can only bring a folding bike to the train."),
        ("You can bring only folding bikes to the train.", FOLDING),
        ("We ship to Europe.", "We ship to Europe, only pallets go by freight."),
        ("You can bring your bike.", "You can bring not only your bike, but your dog."),
        (
            "It is a walk of 5 minutes from the station.",
            "It is only a 5-minute walk from the station.",
        ),
        ("Der Hof liegt 5 Minuten vom Bahnhof.", "Der Hof liegt nur 5 Minuten vom Bahnhof, und er ist groß."),
        ("You need a printer.", "You only need a printer and some paper."),
        ("If the parcel is damaged, take a photo.", "Parcel damaged? Take a photo."),
        ("Find out if you can get it.", "Find out if you can get this benefit."),
        ("You can find out in the app.", "In the app, find out if you can get this benefit."),
        ("Ask in the shop which frame fits.", "Ask in the shop which frame fits, and whether it is in stock."),
        ("It is not known whether it rains.", "Nobody can know if it rains."),
        ("请先确认订单。", "请先确认订单是否支持货到付款。"),
        ("封签损坏的电池不能退货。", "如果封签损坏，电池不能退货。"),
        ("Sie können 30 Tage lang zurückgeben.", "如果封签损坏，电池不能退货。"),
    ],
)
def test_the_same_in_other_words_passes(sentence: str, span: str) -> None:
    assert objections(sentence, span) == []


def test_a_word_of_the_question_alone_is_not_said() -> None:
    said, asked = "The school determines how much you need to borrow.", "Does the school determine what I borrow?"
    assert "says determine" in " ".join(strays(said, SCHOOL, SCHOOL, asked))
    assert (
        list(strays(said, SCHOOL.replace("affects", "determines"), SCHOOL.replace("affects", "determines"), asked))
        == []
    )


def test_across_languages_nothing_is_compared() -> None:
    entry = Entry("e", "If the seal is broken, batteries cannot be returned.", language="en")

    def support(sentence: str, source: str) -> tuple[float, str]:
        return 0.9, source

    assert check_sentence("Kaputte Batterien kann man nicht zurückgeben.", [entry], support, 0.5, "de").passed
    assert not check_sentence("Batteries cannot be returned.", [entry], support, 0.5, "en").passed
