"""What is spoken of: every part that is sure, the whole message where parts fall short, equals side by side."""

from bot.answering.decide import Finding
from bot.answering.question import Part
from bot.answering.sure import lacks_the_words, spoken_of
from knowledge.corpus.entry import Entry
from knowledge.hits import Hit


def hit(name: str, relevance: float = 1.0, coverage: float = 0.5) -> Hit:
    entry = Entry(name, f"About {name}.", language="en")
    return Hit(entry, 1.0, name, "title", coverage=coverage, relevance=relevance)


def finding(confidence: float, *hits: Hit, text: str = "?") -> Finding:
    return Finding(Part(text, (text,)), hits, confidence)


def spoken(*findings: Finding) -> list[str]:
    return [each.best.entry.id for each in spoken_of(findings, 0.4)]


def test_one_thing_is_spoken_of_when_it_is_sure() -> None:
    assert spoken(finding(0.4, hit("a"))) == ["a"]
    assert spoken(finding(0.39, hit("a"))) == []


def test_parts_that_are_all_sure_need_no_whole() -> None:
    assert spoken(finding(0.5, hit("a")), finding(0.6, hit("b")), finding(0.9, hit("c"))) == ["a", "b"]


def test_the_whole_stands_in_for_parts_that_are_not_sure() -> None:
    assert spoken(finding(0.1, hit("a")), finding(0.1, hit("b")), finding(0.5, hit("c"))) == ["c"]
    assert spoken(finding(0.1, hit("a")), finding(0.1, hit("b")), finding(0.3, hit("c"))) == []


def test_beside_a_sure_part_the_whole_needs_half_as_much() -> None:
    assert spoken(finding(0.5, hit("a")), finding(0.1, hit("b")), finding(0.2, hit("c"))) == ["c", "a"]
    assert spoken(finding(0.5, hit("a")), finding(0.1, hit("b")), finding(0.19, hit("c"))) == ["a"]


def test_beside_a_sure_part_another_needs_half_as_much() -> None:
    assert spoken(finding(0.5, hit("a")), finding(0.2, hit("b")), finding(0.1, hit("c"))) == ["a", "b"]
    assert spoken(finding(0.3, hit("a")), finding(0.2, hit("b")), finding(0.1, hit("c"))) == []


def test_an_entry_that_fits_as_well_and_has_more_of_the_words_is_spoken_of_too() -> None:
    assert spoken(finding(0.5, hit("a", 1.0, 0.3), hit("b", 0.95, 0.9))) == ["a", "b"]
    assert spoken(finding(0.5, hit("a", 1.0, 0.3), hit("b", 0.9, 0.9))) == ["a"]
    assert spoken(finding(0.5, hit("a", 1.0, 0.5), hit("b", 0.99, 0.5))) == ["a"]


def test_the_same_entry_is_spoken_of_once() -> None:
    assert spoken(finding(0.5, hit("a")), finding(0.6, hit("a")), finding(0.9, hit("a"))) == ["a"]


def test_what_is_asked_of_the_owners_things_needs_the_words_or_much_confidence() -> None:
    asked = "Do you sell lamps with wheels?"
    assert spoken(finding(0.7, hit("a", coverage=0.3), text=asked)) == []
    assert spoken(finding(0.7, hit("a", coverage=0.6), text=asked)) == ["a"]
    assert spoken(finding(0.8, hit("a", coverage=0.3), text=asked)) == ["a"]
    assert spoken(finding(0.7, hit("a", coverage=0.3), text="My lamp has lost a wheel, what now?")) == ["a"]


def test_words_count_within_one_language_alone() -> None:
    assert spoken(finding(0.7, hit("a", coverage=0.0), text="你们卖带轮子的灯吗？")) == ["a"]


def test_whether_the_words_are_lacking_is_told() -> None:
    asked = "Do you sell lamps with wheels?"
    assert lacks_the_words(finding(0.3, hit("a", coverage=0.3), text=asked))
    assert not lacks_the_words(finding(0.3, hit("a", coverage=0.6), text=asked))
    assert not lacks_the_words(finding(0.3, hit("a", coverage=0.3), text="How do I pay for lamps?"))
    assert not lacks_the_words(finding(0.3, text=asked))
