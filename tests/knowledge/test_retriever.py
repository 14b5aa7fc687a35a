from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.corpus.entry import Entry
from knowledge.embedders.base import Vectors
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.errors import EmbedderMismatch
from knowledge.retriever import Hit, Retriever
from knowledge.snapshot.builder import build
from knowledge.snapshot.reader import Snapshot

SUBJECTS = [
    "refund",
    "parcel",
    "invoice",
    "password",
    "voucher",
    "warranty",
    "address",
    "newsletter",
    "colour",
    "size",
]
VERBS = ["change", "cancel", "find", "receive", "return", "track"]
ENTRIES = [
    Entry(
        f"{verb}-{subject}",
        f"Open the page of your {subject} and choose {verb}. It takes {i + 2} days.",
        question=f"How do I {verb} my {subject}?",
        similar=(f"{subject} {verb}", f"Please {verb} the {subject} for me"),
        language="en" if i % 3 else "de",
    )
    for i, (subject, verb) in enumerate((subject, verb) for subject in SUBJECTS for verb in VERBS)
]
QUERIES = ["cancel my invoice", "where can I track the parcel", "I forgot my passwords", "colour"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return build(ENTRIES, [], HashingEmbedder(), tmp_path_factory.mktemp("knowledge"))


@pytest.fixture
def retriever(snapshot: Snapshot) -> Retriever:
    return Retriever(snapshot, HashingEmbedder())


def first(retriever: Retriever, query: str, k: int = 5) -> Hit:
    return retriever.retrieve([query], k)[0][0]


def test_finds_an_entry_by_any_of_its_texts(retriever: Retriever) -> None:
    by_question, by_like = first(retriever, "How do I return my voucher?"), first(retriever, "voucher return")
    assert by_question.entry.id == by_like.entry.id == "return-voucher"
    assert (by_question.field, by_question.matched) == ("question", "How do I return my voucher?")
    assert (by_like.field, by_like.matched) == ("similar", "voucher return")
    assert by_like.score == pytest.approx(1, abs=1e-5)


def test_finds_an_entry_by_its_answer(retriever: Retriever) -> None:
    hit = first(retriever, "the page of your warranty, choose track, takes days")
    assert (hit.entry.id, hit.field) == ("track-warranty", "answer")


def test_names_each_entry_once_and_the_best_first(retriever: Retriever) -> None:
    for hits in retriever.retrieve(QUERIES, 8):
        assert len({hit.entry.id for hit in hits}) == len(hits) == 8
        assert [hit.relevance for hit in hits] == sorted((hit.relevance for hit in hits), reverse=True)


def test_many_queries_at_once_give_what_each_gives_alone(retriever: Retriever) -> None:
    together = retriever.retrieve(QUERIES, 4)
    for query, hits in zip(QUERIES, together, strict=True):
        alone = retriever.retrieve([query], 4)[0]
        assert [(hit.entry.id, round(hit.relevance, 5)) for hit in hits] == [
            (hit.entry.id, round(hit.relevance, 5)) for hit in alone
        ]


def test_no_query_gives_no_list_and_a_blank_one_no_hit(retriever: Retriever) -> None:
    assert retriever.retrieve([], 3) == []
    blank, full = retriever.retrieve([" ", "cancel"], 3)
    assert blank == []
    assert len(full) == 3


def test_gives_all_there_is_when_k_is_larger(retriever: Retriever) -> None:
    assert len(retriever.retrieve(["cancel the parcel"], 1000)[0]) == len(ENTRIES)


def test_refuses_no_k(retriever: Retriever) -> None:
    with pytest.raises(ValueError, match="k is 0"):
        retriever.retrieve(["cancel"], 0)


def test_an_unrelated_question_is_less_close_and_less_covered(retriever: Retriever) -> None:
    asked, unrelated = first(retriever, "how can I cancel my invoice"), first(retriever, "why are bananas yellow")
    assert asked.closeness > 1 > unrelated.closeness
    assert asked.coverage > 0.9 > 0.1 > unrelated.coverage


def test_what_is_asked_of_one_entry_stands_out(retriever: Retriever) -> None:
    assert (
        first(retriever, "how can I cancel my invoice").peak > 0.5 > first(retriever, "why are bananas yellow").peak
    )


def test_a_missing_word_shows_in_the_coverage(retriever: Retriever) -> None:
    assert first(retriever, "cancel my invoice by fax from Greenland").coverage < 0.7


def test_finds_the_same_as_brute_force(retriever: Retriever, snapshot: Snapshot) -> None:
    for query, hits in zip(QUERIES, retriever.retrieve(QUERIES, 5), strict=True):
        expected = brute_force(snapshot, query)[:5]
        assert [hit.entry.id for hit in hits] == [identity for identity, _ in expected]
        assert [hit.relevance for hit in hits] == pytest.approx([relevance for _, relevance in expected], abs=1e-5)


def brute_force(snapshot: Snapshot, query: str) -> list[tuple[str, float]]:
    """All entries by relevance, written down a second time: plainly, and with no shortlist.

    Vectors are carried into a space where plain cosines are those of `snapshot.contents.space`.
    """
    contents, vector = snapshot.contents, HashingEmbedder().embed_queries([query])[0]
    assert contents.space.metric is not None
    values, directions = np.linalg.eigh(contents.space.metric.astype(np.float64))
    carry = directions * np.sqrt(values)
    moved = (contents.store.vectors(contents.table.ids) - contents.space.mean) @ carry
    asked = (vector - contents.space.mean) @ carry
    units, unit = moved / np.linalg.norm(moved, axis=1, keepdims=True), asked / np.linalg.norm(asked)
    words = contents.lexical.scores(query)
    found = []
    for row, entry in enumerate(contents.entries):
        own = contents.table.rows == row
        best = sorted((units[own] @ unit).tolist(), reverse=True)[:3]
        nearest = np.average(best, weights=[0.6, 0.25, 0.15][: len(best)])
        centre = units[own & contents.table.asked].sum(axis=0)
        pooled = (nearest + centre @ unit / np.linalg.norm(centre)) / 2
        found.append((entry.id, float(pooled + 0.15 * words[row])))
    return sorted(found, key=lambda pair: -pair[1])


def test_refuses_another_embedder(snapshot: Snapshot) -> None:
    with pytest.raises(EmbedderMismatch, match=r"hashing:512@v1.*hashing:256@v1"):
        Retriever(snapshot, HashingEmbedder(256))


def test_tells_what_is_searched(retriever: Retriever, snapshot: Snapshot) -> None:
    assert retriever.snapshot_id == snapshot.id
    assert retriever.main_language == "en"
    assert len(retriever.entries) == len(ENTRIES)


def test_one_entry_is_enough(tmp_path: Path) -> None:
    retriever = Retriever(build(ENTRIES[:1], [], HashingEmbedder(), tmp_path), HashingEmbedder())
    hit = first(retriever, "change my refund")
    assert hit.entry.id == "change-refund"
    assert hit.closeness > first(retriever, "why are bananas yellow").closeness
    assert np.isfinite([hit.score, hit.closeness, hit.coverage, hit.relevance]).all()


class Silent(HashingEmbedder):
    """Finds no meaning in any query, as a model does in a language that it does not know."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        vectors[:, 0] = 1
        return vectors


def test_words_find_what_vectors_do_not(snapshot: Snapshot) -> None:
    hits = Retriever(snapshot, Silent()).retrieve(["track newsletter"], 3)[0]
    assert hits[0].entry.id == "track-newsletter"


INNS = [
    Entry(f"{name}-{number}", answer, question, title=name, language="en")
    for name in ("Rose Inn", "Lake House", "Mill")
    for number, (question, answer) in enumerate(
        [
            ("Is there parking?", "Behind the house."),
            ("Are dogs welcome?", "Yes."),
            ("When is breakfast?", "At seven."),
        ]
    )
]
BOOKED = ("I have booked the Lake House for you.", "I need a room for Monday.")


@pytest.fixture(scope="module")
def inns(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return Retriever(build(INNS, [], HashingEmbedder(), tmp_path_factory.mktemp("inns")), HashingEmbedder())


def test_earlier_turns_tell_which_of_like_entries_is_meant(inns: Retriever) -> None:
    (hits,) = inns.retrieve(["May I bring my dogs there?"], 3, [BOOKED])
    assert hits[0].entry.id == "Lake House-1"
    assert hits[0].relevance > hits[1].relevance + 0.1


def test_the_question_itself_tells_it_before_earlier_turns(inns: Retriever) -> None:
    (hits,) = inns.retrieve(["Is there parking at the Mill?"], 3, [BOOKED])
    assert hits[0].entry.id == "Mill-0"


def test_each_query_has_its_own_turns(inns: Retriever) -> None:
    queries, turns = ["When is breakfast?"] * 3, [(), BOOKED, ("The Rose Inn, please.",)]
    together = inns.retrieve(queries, 2, turns)
    assert [hits[0].entry.id for hits in together[1:]] == ["Lake House-2", "Rose Inn-2"]
    for query, before, hits in zip(queries, turns, together, strict=True):
        (alone,) = inns.retrieve([query], 2, [before])
        assert [hit.relevance for hit in hits] == pytest.approx([hit.relevance for hit in alone], abs=1e-5)


def test_earlier_turns_change_nothing_where_entries_stand_for_themselves(retriever: Retriever) -> None:
    assert retriever.retrieve(["cancel it"], 3, [("Where is my voucher?",)]) == retriever.retrieve(["cancel it"], 3)


def test_knows_whether_turns_alone_tell_what_is_meant(retriever: Retriever, inns: Retriever) -> None:
    assert inns.all_about_subjects
    assert not retriever.all_about_subjects
