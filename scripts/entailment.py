"""Does the likelihood of a sentence, with its source less without, tell true sentences from false ones?

    python -m scripts.entailment [--most 20] [--generator qwen-0.5b] [--embedder e5-small]

True: the first sentence of a sample entry, as its version in the other language has it, so that no word is copied.
False: the same with another number, with its denial turned round, and before another entry's answer. Prints the AUROC
of span similarity, of the likelihood ratio a token, and of both (the sum of their ranks), for each kind of falsehood.
"""

import argparse
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.answering.facts import quantities
from bot.answering.support import SpanSupport
from bot.app import open_embedder, quiet_pull
from bot.commands.building import sample_sources
from bot.generators.causal_steps import CausalSteps
from bot.generators.weights import load
from bot.settings import Settings
from knowledge.corpus.entry import Entry
from knowledge.corpus.load import load_sources
from knowledge.corpus.split import sentences
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

DENIALS = (
    (r"\bcan\b", "cannot"),
    (r"\bis\b", "is not"),
    (r"\bare\b", "are not"),
    (r"\bdo not\b", "do"),
    ("不可以", "可以"),
    ("可以", "不可以"),
    ("不能", "能"),
    ("可", "不可"),
    ("免费", "不免费"),
    ("支持", "不支持"),
    ("需", "不需"),
)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence said of a source; `kind` is "true", or what is false about it."""

    kind: str
    sentence: str
    source: str
    language: str


def claims(entries: Sequence[Entry], most: int) -> Iterator[Claim]:
    """True and false claims of the first so many entries that have a version in the other language."""
    by_id = {entry.id: entry for entry in entries}
    pairs = [
        (entry, by_id[other])
        for entry in entries
        if (other := re.sub("-(en|zh)$", lambda m: "-zh" if m[1] == "en" else "-en", entry.id)) in by_id
        and other != entry.id
    ]
    step = max(1, len(pairs) // most)
    chosen = pairs[::step][:most]
    for number, (said, source) in enumerate(chosen):
        sentence = sentences(said.answer)[0].text
        language = "Chinese" if said.language == "zh" else "English"
        yield Claim("true", sentence, source.answer, language)
        elsewhere = next(
            other for _, other in chosen[number + 1 :] + chosen[:number] if other.language == source.language
        )
        yield Claim("another entry", sentence, elsewhere.answer, language)
        if (changed := _other_number(sentence)) != sentence:
            yield Claim("another number", changed, source.answer, language)
        if (turned := _turned(sentence)) != sentence:
            yield Claim("denial turned", turned, source.answer, language)


def _other_number(text: str) -> str:
    for quantity in quantities(text):
        digits = re.match(r"\d+", text[quantity.start : quantity.end])
        if digits:
            return text[: quantity.start] + str(int(digits[0]) * 2 + 1) + text[quantity.start + len(digits[0]) :]
    return text


def _turned(text: str) -> str:
    return next((new for old, by in DENIALS if (new := re.sub(old, by, text, count=1)) != text), text)


class Ratio:
    """The likelihood of sentences by a causal model, with a source and without."""

    def __init__(self, folder: str) -> None:
        loaded = load(folder)
        self._tokenizer: Any = loaded.tokenizer
        self._steps = CausalSteps(loaded)

    def __call__(self, claim: Claim) -> float:
        """Mean log-likelihood a token with the source less that without."""
        asked = f"Say in {claim.language}, in one sentence, what a shop tells its customers."
        with_source = f"Facts:\n<<<\n{claim.source}\n>>>\n{asked} Use the facts only."
        return self._likelihood(with_source, claim.sentence) - self._likelihood(asked, claim.sentence)

    def _likelihood(self, asked: str, sentence: str) -> float:
        ids: list[int] = self._tokenizer.apply_chat_template(
            [{"role": "user", "content": asked}], add_generation_prompt=True, return_dict=False
        )
        said: list[int] = self._tokenizer(sentence, add_special_tokens=False)["input_ids"]
        return self._steps.likelihood([*ids, *said], len(said))


def auroc(true: Floats, false: Floats) -> float:
    """How often a true one scores above a false one; ties are halves."""
    wins = (true[:, None] > false[None, :]).mean() + (true[:, None] == false[None, :]).mean() / 2
    return float(wins)


def _ranks(values: Floats) -> Floats:
    return np.argsort(np.argsort(values)).astype(np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("--generator", default="qwen-0.5b")
    parser.add_argument("--embedder", default="e5-small")
    wanted = parser.parse_args()
    settings = Settings()
    entries = load_sources([sample_sources()], notice=lambda _: None)
    embedder = open_embedder(settings, wanted.embedder)
    with tempfile.TemporaryDirectory() as folder:  # an open snapshot is all in memory
        support = SpanSupport(Retriever(build(entries, [], embedder, Path(folder)), embedder))
    ratio = Ratio(quiet_pull(settings, wanted.generator))
    made = list(claims(entries, wanted.most))
    started = time.monotonic()
    spans = np.array([support(claim.sentence, claim.source)[0] for claim in made])
    middle = time.monotonic()
    ratios = np.array([ratio(claim) for claim in made])
    ended = time.monotonic()
    per = (middle - started) / len(made), (ended - middle) / len(made)
    print(f"{len(made)} claims; seconds a claim: similarity {per[0]:.2f}, likelihood {per[1]:.2f}\n")
    print("| true against | n true, false | similarity | likelihood ratio | both |")
    print("|---|---|---|---|---|")
    kinds = np.array([claim.kind for claim in made])
    both = _ranks(spans) + _ranks(ratios)
    for kind in ("another entry", "another number", "denial turned"):
        true, false = kinds == "true", kinds == kind
        figures = " | ".join(f"{auroc(scores[true], scores[false]):.2f}" for scores in (spans, ratios, both))
        print(f"| {kind} | {true.sum()}, {false.sum()} | {figures} |")


if __name__ == "__main__":
    main()
