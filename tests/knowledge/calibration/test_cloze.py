"""A passage is asked for what one of its sentences says, in some of its words."""

from knowledge.calibration.cloze import clozes
from knowledge.corpus.entry import Entry
from knowledge.words import words

SENTENCES = (
    "The bridge was built by an engineer from Lyon in the winter of 1887.",
    "It closed.",
    "Every year some forty thousand cyclists cross the river there on their way to work.",
    "Its towers are painted green again whenever the paint has come off the railings.",
)
BRIDGE = Entry("b", " ".join(SENTENCES), title="City › Old Bridge", language="en")


def test_each_question_names_the_subject_and_is_made_of_its_sentence() -> None:
    found = clozes(BRIDGE, 6)
    assert [cloze.sentence for cloze in found] == [SENTENCES[0], SENTENCES[2], SENTENCES[3]]
    for cloze in found:
        assert cloze.text.startswith("Old Bridge ")
        told = set(words(cloze.text)) - {"old", "bridge"}
        assert told
        assert told < set(words(cloze.sentence))


def test_no_more_are_asked_than_wanted_and_the_same_each_time() -> None:
    assert len(clozes(BRIDGE, 2)) == 2
    assert clozes(BRIDGE, 2) == clozes(BRIDGE, 2)


def test_a_passage_of_one_sentence_is_asked_nothing() -> None:
    assert clozes(Entry("a", SENTENCES[0]), 3) == []


def test_a_sentence_that_stands_twice_is_not_asked_for() -> None:
    twice = Entry("a", " ".join((SENTENCES[0], SENTENCES[2], SENTENCES[0])))
    assert [cloze.sentence for cloze in clozes(twice, 3)] == [SENTENCES[2]]


def test_chinese_passages_are_asked_without_spaces() -> None:
    entry = Entry("z", "大曲车站位于日本秋田县大仙市。车站大楼在一九九七年秋天重新启用。", language="zh")
    assert all(" " not in cloze.text for cloze in clozes(entry, 2))
    assert len(clozes(entry, 2)) == 2
