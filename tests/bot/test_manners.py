"""What was measured of a generator decides how it is used, unless the owner decides."""

from pathlib import Path

import pytest

from bot.answering.support import SpanSupport
from bot.answering.trust import Kind, Measured, Trust, write_trust
from bot.manners import manner_of, rewriter_of, trust_file_of
from bot.settings import Settings
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
