"""Knowledge as it comes, with empty answers, copies and five languages, ends in good answers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.answer import Answer, Mode, Outcome, Question
from bot.answering.answerer import Answerer, Policy
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.app import open_embedder
from bot.generators.extractive import ExtractiveGenerator
from bot.models.ready import list_models
from bot.settings import Settings
from knowledge.corpus.load import load_sources
from knowledge.embedders.base import Embedder
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.errors import CorpusError
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

READY = {listed.model.key for listed in list_models(Settings().models_dir) if listed.ready}
FAQ = """id,question,answer,language
en,How long does delivery take?,Delivery takes 3 days.,en
zh,送货需要多长时间？,送货需要三天。,zh
de,Wie lange dauert die Lieferung?,Die Lieferung dauert 3 Tage.,de
es,¿Cuánto tarda la entrega?,La entrega tarda 3 días.,es
fr,Combien de temps prend la livraison ?,La livraison prend 3 jours.,fr
opening,When do you open?,\u200b,en
pets,May I bring my dog?,Dogs are welcome in all our shops.,en
"""
ASKED = {
    "en": "How long does the delivery take?",
    "zh": "送货要多长时间？",
    "de": "Wie lange dauert eine Lieferung?",
    "es": "¿Cuánto tarda una entrega?",
    "fr": "Combien de temps prend une livraison ?",
}

Ask = Callable[..., Answer]


def asking(source: str, folder: Path, embedder: Embedder, notices: list[str] | None = None) -> Ask:
    """What answers questions over a table."""
    (folder / "faq.csv").write_text(source, "utf-8")
    told = notices if notices is not None else []
    snapshot = build(load_sources([folder / "faq.csv"], told.append), [], embedder, folder / "out")
    retriever = Retriever(snapshot, embedder)
    speaker = Speaker(None, ExtractiveGenerator(), SpanSupport(retriever), Manner())
    answerer = Answerer(retriever, speaker, Policy())
    return lambda text: answerer.answer(Question(text))


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    return asking(FAQ, tmp_path_factory.mktemp("faq"), HashingEmbedder())


@pytest.mark.parametrize("language", ASKED)
def test_each_of_five_languages_is_answered_in_itself(ask: Ask, language: str) -> None:
    answer = ask(ASKED[language])
    assert (answer.outcome, answer.mode, answer.language) == (Outcome.ANSWERED, Mode.VERBATIM, language)
    assert [source.id for source in answer.sources] == [language]


@pytest.mark.parametrize("answer", ["", '"  "'])
def test_a_row_without_an_answer_is_refused_by_its_line(tmp_path: Path, answer: str) -> None:
    with pytest.raises(CorpusError, match=r"^faq\.csv:9: .*: fill it or remove the row$"):
        asking(f"{FAQ}gift,Do you sell gift cards?,{answer},en\n", tmp_path, HashingEmbedder())


def test_an_answer_in_which_nothing_can_be_read_is_told_and_is_no_answer(tmp_path: Path) -> None:
    notices: list[str] = []
    ask = asking(FAQ, tmp_path, HashingEmbedder(), notices)
    assert "faq.csv:7: nothing can be read in the answer, skipped" in notices
    unknown, known = ask("When do you open?"), ask("May I bring my dog?")
    assert unknown.outcome is Outcome.REFUSED
    assert unknown.text.strip()
    assert known.text == "Dogs are welcome in all our shops."


def test_a_row_that_stands_there_a_hundred_times_is_answered_once(tmp_path: Path) -> None:
    row = "May I bring my dog?,Dogs are welcome in all our shops.\n"
    other = "How long does delivery take?,Delivery takes 3 days.\n"
    ask = asking(f"question,answer\n{row * 100}{other}", tmp_path, HashingEmbedder())
    assert ask("May I bring a dog?").text == "Dogs are welcome in all our shops."
    assert ask("How long does the delivery take?").text == "Delivery takes 3 days."


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.skipif("e5-small" not in READY, reason="NO REAL MODEL TESTED: run `kefu models pull`")
def test_the_real_embedder_answers_each_language_in_itself(tmp_path: Path) -> None:
    ask = asking(FAQ, tmp_path, open_embedder(Settings(), "e5-small"))
    answers = {language: ask(question) for language, question in ASKED.items()}
    assert {language: [source.id for source in answer.sources] for language, answer in answers.items()} == {
        language: [language] for language in ASKED
    }
    assert {answer.outcome for answer in answers.values()} == {Outcome.ANSWERED}
