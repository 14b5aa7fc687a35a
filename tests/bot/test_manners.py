"""What was measured of a generator decides how it is used, unless the owner decides."""

import gc
import weakref
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.answering.second_look import Band, Worth, write_worth
from bot.answering.support import SpanSupport
from bot.answering.trust import Kind, Measured, Trust, write_trust
from bot.generators.base import Limits, Said
from bot.manners import examples_of, look_file_of, look_of, manner_of, rewriter_of, trust_file_of
from bot.settings import Settings
from knowledge.calibration.calibration import Calibration, Verdict
from knowledge.confidence import Weights
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from tests.bot.answering.conftest import Scripted

PAYS = Measured(n=10, quoted=5, generated=8)


@pytest.fixture
def retriever(tmp_path: Path) -> Retriever:
    embedder = HashingEmbedder()
    return Retriever(build([Entry("a", "Yes.", "Open?")], [], embedder, tmp_path / "knowledge"), embedder)


@pytest.mark.parametrize(
    ("rewrite", "measured", "used"),
    [
        ("auto", Measured(), False),
        ("auto", PAYS, True),
        ("never", PAYS, False),
        ("always", Measured(), True),
    ],
)
def test_follow_ups_are_rewritten_where_that_pays_or_is_wanted(
    tmp_path: Path, retriever: Retriever, rewrite: str, measured: Measured, used: bool
) -> None:
    settings, generator = Settings(_env_file=None, data_dir=tmp_path, rewrite=rewrite), Scripted("")  # type: ignore[arg-type]
    write_trust(trust_file_of(settings, generator, retriever), Trust(rewrites=measured), {})
    assert bool(rewriter_of(settings, generator, retriever, SpanSupport(retriever))) is used
    assert rewriter_of(settings, None, retriever, SpanSupport(retriever)) is None


def test_the_manner_holds_what_was_measured(tmp_path: Path, retriever: Retriever) -> None:
    settings, generator = Settings(_env_file=None, data_dir=tmp_path), Scripted("")
    assert manner_of(settings, generator, retriever).trust == Trust()
    trust = Trust({Kind.SINGLE: Measured(9, 8, 8, 4, 4)})
    write_trust(trust_file_of(settings, generator, retriever), trust, {"generator": generator.name})
    assert manner_of(settings, generator, retriever).trust == trust
    assert manner_of(settings, None, retriever).trust == Trust()


class Weighs(Scripted):
    """A generator that can tell likelihoods too."""

    def weigh(self, said: Sequence[Said], limits: Limits) -> list[float]:
        return [0.0] * len(said)


@pytest.mark.parametrize(
    ("second_look", "pays", "taken"), [("auto", True, True), ("auto", False, False), ("off", True, False)]
)
def test_a_second_look_is_taken_where_it_pays_and_the_generator_can(
    tmp_path: Path, retriever: Retriever, second_look: str, pays: bool, taken: bool
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, second_look=second_look)  # type: ignore[arg-type]
    worth = Worth(0.0, 1.0, 1.0, 1.0) if pays else None
    write_worth(look_file_of(settings, Weighs(""), retriever), worth, {})
    assert bool(look_of(settings, Weighs(""), retriever)) is taken
    assert look_of(settings, Scripted(""), retriever) is None
    assert look_of(settings, None, retriever) is None


def test_unmeasured_nobody_looks_twice(tmp_path: Path, retriever: Retriever) -> None:
    assert look_of(Settings(_env_file=None, data_dir=tmp_path), Weighs(""), retriever) is None


@pytest.mark.parametrize(("threshold", "beside"), [(None, True), (0.35, False)])
def test_a_look_keeps_the_promise_unless_the_owner_has_set_a_threshold(
    tmp_path: Path, retriever: Retriever, monkeypatch: pytest.MonkeyPatch, threshold: float | None, beside: bool
) -> None:
    calibration = Calibration(Weights(), 0.7, 0.15, Verdict.KEPT, None)
    monkeypatch.setattr(Retriever, "calibration", calibration)
    settings = Settings(_env_file=None, data_dir=tmp_path, threshold=threshold)
    worth = Worth(0.0, 1.0, 1.0, 1.0, threshold=0.4, promised=0.15)
    write_worth(look_file_of(settings, Weighs(""), retriever), worth, {})
    look = look_of(settings, Weighs(""), retriever)
    assert look is not None
    assert look._worth == (worth.beside(0.7, 0.15, Band()) if beside else worth)


class Meaning(HashingEmbedder):
    """Has the name of an embedder that knows meaning."""

    @property
    def name(self) -> str:
        return "sentence:any@1"


def test_an_embedder_that_is_done_with_is_not_held_by_the_examples() -> None:
    embedder = Meaning()
    assert examples_of(Settings(), embedder) is not None
    gone = weakref.ref(embedder)
    del embedder
    gc.collect()
    assert gone() is None


def test_letters_alone_tell_no_messages() -> None:
    assert examples_of(Settings(), HashingEmbedder()) is None
