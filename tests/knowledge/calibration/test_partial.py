"""What is taken out is as if it had never been there."""

import numpy as np

from knowledge.calibration.partial import shortened, without
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.contents import Contents
from tests.fakes.shop import THINGS, contents_of, shop


def test_entries_and_texts_that_are_gone_leave_nothing_behind(contents: Contents) -> None:
    part = without(contents, {0}, {1: {"pedal delivery time"}})
    fresh = shop()[1:]
    pedal = fresh[0]
    fresh[0] = Entry(
        pedal.id, pedal.answer, pedal.question, tuple(pedal.similar[1:]), language=pedal.language, place=pedal.place
    )
    assert part is not None
    built = contents_of(fresh)
    assert part.entries == built.entries
    assert part.table.texts == built.table.texts
    assert part.lexical.scores("saddle delivery").tolist() == built.lexical.scores("saddle delivery").tolist()
    assert part.centres.tolist() == built.centres.tolist()


def test_the_contents_themselves_stay_whole(contents: Contents) -> None:
    without(contents, {0}, {1: {"pedal delivery time"}})
    assert [entry.id for entry in contents.entries] == THINGS


def test_a_question_that_is_also_the_title_is_gone_from_both() -> None:
    entry = Entry("a", "Within 14 days.", "When do I pay?", title="Help › When do I pay?")
    part = without(contents_of([entry, *shop()]), set(), {0: {"when do i pay?"}})
    assert part is not None
    assert (part.entries[0].question, part.entries[0].title) == ("", "Help")


def test_what_a_machine_wrote_in_the_same_words_is_gone_as_well() -> None:
    entry = Entry("a", "Within 14 days.", "When do I pay?", ("pay when",), written=("Pay when", "is it due"))
    part = without(contents_of([entry, *shop()]), set(), {0: {"pay when"}})
    assert part is not None
    assert (part.entries[0].similar, part.entries[0].written) == ((), ("is it due",))


def test_of_nothing_there_are_no_contents(contents: Contents) -> None:
    assert without(contents, set(range(len(THINGS))), {}) is None


def test_a_sentence_is_cut_out_of_its_answer_alone() -> None:
    first, second = "Bikes are repaired on Mondays.", "Helmets are exchanged within a week."
    entries = [Entry("a", f"{first} {second}", title="Service"), Entry("b", "Closed in winter.", title="Hours")]
    whole = contents_of(entries)
    cut = shortened(whole, {0: first}, HashingEmbedder())
    assert [entry.answer for entry in cut.entries] == [second, "Closed in winter."]
    assert cut.table.texts == ("Service", second, "Hours", "Closed in winter.")
    at = cut.table.texts.index(second)
    embedded = HashingEmbedder().embed_passages([second])[0]
    assert np.allclose(cut.store.vectors(cut.table.ids[[at]])[0], embedded, atol=1e-6)
    assert cut.lexical.scores("repaired").max() == 0
    assert whole.entries[0].answer == f"{first} {second}"
