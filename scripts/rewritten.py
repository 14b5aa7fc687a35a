"""Would rewriting follow-ups pay? Ranks the right entry with the customer's words, with the rewrite, and with both.

    python -m scripts.rewritten [FOLDER] [--most 20] [--generator qwen-0.5b]

The follow-ups of the tune half of tests/data/bank.jsonl over the sample, and, where FOLDER has faq_dstc in the shapes
of `knowledge/labelled.py`, the first so many of its queries that point back, of the first half by id.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.answering.answer import BOT, CUSTOMER, PastTurn, Question
from bot.answering.answerer import Answerer, Policy
from bot.answering.find import Search, find
from bot.answering.question import points_back, whole
from bot.answering.rewrite import Patience, Rewriter
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.app import open_embedder, open_generator
from bot.commands.building import sample_sources
from bot.generators.extractive import ExtractiveGenerator
from bot.settings import Settings
from knowledge.corpus.entry import PATH, Entry
from knowledge.corpus.load import load_sources
from knowledge.embedders.choice import choose_default
from knowledge.labelled import read_labelled
from knowledge.language import detect
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

ROOT = Path(__file__).parent.parent
PATIENT = Patience(seconds=40.0)
WAYS = ("own words", "rewrite alone", "both")


@dataclass(frozen=True, slots=True)
class Follow:
    """A follow-up and the names of the entries that answer it."""

    question: Question
    gold: frozenset[str]


def opened(entries: list[Entry]) -> Retriever:
    """A retriever over these entries, with the embedder that a build would choose."""
    embedder = open_embedder(Settings(), choose_default(entries))
    with tempfile.TemporaryDirectory() as folder:  # an open snapshot is all in memory
        return Retriever(build(entries, [], embedder, Path(folder)), embedder)


def of_bank(retriever: Retriever) -> Iterator[Follow]:
    """The bank's follow-ups; the turns before are answered by quoting."""
    answerer = Answerer(retriever, Speaker(None, ExtractiveGenerator(), SpanSupport(retriever), Manner()), Policy())
    for line in (ROOT / "tests/data/bank.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if (row["kind"], row["split"]) != ("follow_up", "tune"):
            continue
        history: list[PastTurn] = []
        for turn in row["turns"][:-1]:
            history += [
                PastTurn(CUSTOMER, turn),
                answerer.answer(Question(turn, tuple(history))).as_past,
            ]
        yield Follow(Question(row["turns"][-1], tuple(history)), frozenset(row["entries"]))


def of_dialogues(folder: Path, most: int) -> tuple[list[Entry], list[Follow]]:
    """The entries of faq_dstc, and its follow-ups."""
    (ward,) = read_labelled(folder / "faq_dstc.knowledge.dev.jsonl", folder / "faq_dstc.queries.dev.jsonl")
    known = sorted((query for query in ward.queries if query.gold), key=lambda query: query.id)
    first = [query for query in known[: len(known) // 2] if query.context and points_back(query.text)]
    follows = [
        Follow(
            Question(q.text, tuple(PastTurn(CUSTOMER if t.role == CUSTOMER else BOT, t.text) for t in q.context)),
            q.gold,
        )
        for q in first[:most]
    ]
    return list(ward.entries), follows


def ranks(retriever: Retriever, follow: Follow, rewrite: str) -> list[int]:
    """The place of the right entry, from 1, each of the WAYS; 99 where it is not among the first twenty."""
    own = whole(follow.question)
    alone = replace(own, queries=(rewrite or own.text,), follow_up="")
    both = replace(own, queries=tuple(dict.fromkeys((*own.queries, *filter(None, [rewrite])))))
    language = detect(follow.question.text, default=retriever.main_language)
    findings = find(retriever, [(part, language) for part in (own, alone, both)], Search(k=20))
    places = []
    for finding in findings:
        right = [n for n, hit in enumerate(finding.hits, 1) if not _names(hit.entry).isdisjoint(follow.gold)]
        places.append(right[0] if right else 99)
    return places


def _names(entry: Entry) -> set[str]:
    return {entry.id, f"{entry.place.source}#{entry.title.split(PATH)[-1]}"}


def report(name: str, retriever: Retriever, follows: list[Follow], settings: Settings) -> None:
    """Rewrite and rank them all, and print the figures."""
    generator = open_generator(settings)
    assert generator
    rewriter = Rewriter(generator, SpanSupport(retriever), PATIENT)
    places, seconds, kept = [], [], 0
    for follow in follows:
        language = detect(follow.question.text, default=retriever.main_language)
        started = time.monotonic()
        rewrite = rewriter.rewrite(follow.question, language, threading.Event())
        seconds.append(time.monotonic() - started)
        kept += bool(rewrite)
        places.append(ranks(retriever, follow, rewrite))
        print(json.dumps([follow.question.text, rewrite, places[-1]], ensure_ascii=False), flush=True)
    generator.close()
    print(f"\n{name}: n {len(follows)}, rewrites kept {kept}, median {sorted(seconds)[len(seconds) // 2]:.1f} s")
    for number, way in enumerate(WAYS):
        at = [sum(place[number] <= k for place in places) for k in (1, 5)]
        print(f"  {way}: first {at[0]}, among five {at[1]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("--generator", default="qwen-0.5b")
    wanted = parser.parse_args()
    settings = Settings(generator=wanted.generator)
    sample = opened(load_sources([sample_sources()], notice=lambda _: None))
    report("bank", sample, list(of_bank(sample)), settings)
    if wanted.folder:
        entries, follows = of_dialogues(wanted.folder, wanted.most)
        report("faq_dstc", opened(entries), follows, settings)


if __name__ == "__main__":
    main()
