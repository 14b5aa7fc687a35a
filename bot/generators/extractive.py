"""The plainest generator: it repeats the sentences of the prompt that are nearest to the question. Has no model.

It reads the fenced entries of the last message (`[1] title`, then text) and the `Question:` at its end, so what
it writes always stands in an entry word for word.
"""

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from bot.generators.base import Cancelled, ChatMessage, DeadlineExceeded, GenerationFailed, Limits, Pieces, Prompt
from knowledge.corpus.split import sentences

_QUESTION = re.compile(r"^\s*(?:Question|问题)\s*[:：]\s*(.*)", re.S | re.M)
_HEADING = re.compile(r"^\s*\[(\d+)\]\s*(.*)$")
_FENCED = re.compile(r"^<<<$(.*?)^>>>$", re.S | re.M)
_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

_MOST_SENTENCES = 3
# A further sentence must be nearly as near as the nearest.
_NEARLY = 0.6
_TITLE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    place: int
    text: str
    title: str


class ExtractiveGenerator:
    """Answers with up to three sentences of the entries, in their order."""

    name = "extractive"
    context = 1 << 20

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Words, and characters where words are not spaced."""
        return sum(_tokens(message.content) for message in messages)

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        """Yield the nearest sentences one by one; nothing when the prompt holds no entry."""
        text = prompt.messages[-1].content if prompt.messages else ""
        question, candidates = _read(text)
        if not question:
            raise GenerationFailed("the prompt ends in no question")
        left = limits.tokens
        for number, candidate in enumerate(_nearest(question, candidates)):
            if limits.cancelled.is_set():
                raise Cancelled("the draft is no longer wanted")
            if time.monotonic() >= limits.deadline:
                raise DeadlineExceeded("the time for the draft was over")
            left -= _tokens(candidate.text)
            if left < 0:
                return
            yield candidate.text if number == 0 else _gap(candidate.text) + candidate.text

    def close(self) -> None:
        """Nothing to free."""


def _read(text: str) -> tuple[str, list[_Candidate]]:
    """The question and every sentence of the entries above it."""
    asked = list(_QUESTION.finditer(text))
    question = asked[-1].group(1).strip() if asked else ""
    above = text[: asked[-1].start()] if asked else text
    fenced = _FENCED.search(above)
    candidates: list[_Candidate] = []
    title, body = "", list[str]()
    for line in [*(fenced.group(1) if fenced else above).splitlines(), "[0]"]:
        heading = _HEADING.match(line)
        if not heading:
            body.append(line)
            continue
        if title:
            candidates += _candidates(len(candidates), title, "\n".join(body))
        title, body = heading.group(2), []
    return question, candidates


def _candidates(start: int, title: str, body: str) -> list[_Candidate]:
    texts = (span.text.strip() for span in sentences(body))
    return [_Candidate(start + place, text, title) for place, text in enumerate(text for text in texts if text)]


def _nearest(question: str, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    if not candidates:
        return []
    known = Counter(feature for candidate in candidates for feature in _features(candidate.text + candidate.title))
    weights = {f: log(1 + len(candidates) / (1 + known[f])) + 0.1 for f in _features(question)}
    scored = [(_nearness(weights, candidate), candidate) for candidate in candidates]
    scored.sort(key=lambda pair: -pair[0])
    enough = _NEARLY * scored[0][0]
    best = [candidate for score, candidate in scored[:_MOST_SENTENCES] if score >= enough]
    return sorted(best, key=lambda candidate: candidate.place)


def _nearness(weights: dict[str, float], candidate: _Candidate) -> float:
    text, title = _features(candidate.text), _features(candidate.title)
    shared = sum(weight for feature, weight in weights.items() if feature in text)
    named = sum(weight for feature, weight in weights.items() if feature in title)
    # Long sentences share words by chance.
    return shared / (1 + log(1 + len(text))) + _TITLE_WEIGHT * named / (1 + log(1 + len(title)))


def _features(text: str) -> set[str]:
    """Words without their inflected ends, and pairs of characters where words are not spaced."""
    lowered = text.lower()
    spaced = _CJK.sub(" ", lowered)
    words = {word[:5] if word.isalpha() else word for word in _WORD.findall(spaced)}
    characters = "".join(c if _CJK.match(c) else " " for c in lowered)
    pairs = {run[i : i + 2] for run in characters.split() for i in range(max(1, len(run) - 1))}
    return words | pairs


def _gap(text: str) -> str:
    return "" if _CJK.match(text) else " "


def _tokens(text: str) -> int:
    return len(_CJK.findall(text)) + len(_WORD.findall(_CJK.sub(" ", text)))
