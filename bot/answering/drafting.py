"""Has an answer drafted, and lets its sentences through one by one as they pass the check.

A sentence that fails is written once more out of the one sentence of an entry that it came from; if that fails too,
that sentence stands in its place. Knows a generator and the check; does not decide who writes.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.answering.answer import Question, Sentence
from bot.answering.check import Support, Verdict, check_sentence
from bot.answering.harmless import quotable
from bot.answering.leak import watched
from bot.answering.prompt import build_prompt
from bot.answering.trace import Judgement, current, overheard
from bot.answering.voice import PLAINLY, Voice
from bot.generators.base import Cancelled, GenerationFailed, Generator, Limits, Pieces
from bot.generators.sound import sound
from bot.reading.form import ends_asking
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences
from knowledge.language import detect

_log = structlog.get_logger(__name__)

# Small models go on with the next question of the worked examples.
_RUNS_ON = re.compile(r"^\s*(Question:|Facts:|<<<|问题：)", re.M)
_ENDS = re.compile(r"[.!?。！？…][)\"'”’）」]*$")
_AGAIN_TOKENS = 60


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be drafted, out of which entries, best first.

    `best` are the ids of those that answer; `free`: the generator uses words of its own, so that its language is
    looked at and a sentence may be written again. `shots` are worked examples, nearest first.
    """

    question: Question
    language: str
    entries: tuple[Entry, ...]
    best: frozenset[str]
    limits: Limits
    free: bool
    shots: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """How much support a sentence needs, 0 to 1, in the language of its entries and `across` languages."""

    same: float
    across: float

    def height(self, task: Task) -> float:
        """The least support for this task."""
        known = any(entry.language in {"", task.language} for entry in task.entries)
        return self.same if known else self.across


class Drafter:
    """Drafts with one generator. `mark` heads the instructions (see `leak`), `voice` tells how to write."""

    def __init__(self, generator: Generator, support: Support, bar: Bar, mark: str, voice: Voice = PLAINLY) -> None:
        self._generator = generator
        self._support = support
        self._bar = bar
        self._mark = mark
        self._voice = voice

    def sentences(self, task: Task) -> Iterator[Sentence]:
        """The sentences that may leave. A draft that begins wrongly is no answer: nothing of it leaves.

        The first must rest on what answers best: a small model likes to tell what stands in the other entries,
        all of it true, and no answer. Raises GenerationFailed; what was yielded before stays valid.
        """
        said: set[str] = set()
        with contextlib.closing(sound(self._draft(task))) as pieces:
            for text in _whole_sentences(pieces):
                verdict = self._judge(text, task.entries, task)
                source = task.entries[verdict.source]
                if not said and not (verdict.passed and source.id in task.best):
                    break
                sentence = Sentence(text, (source.id,), verdict.support) if verdict.passed else None
                sentence = sentence or self._mended(text, verdict, task)
                if sentence and sentence.text not in said:
                    said.add(sentence.text)
                    yield sentence
            else:
                return
        # The draft is closed by now: a second one need not wait for its end.
        if sentence := self._begun_again(task):
            yield sentence

    def _judge(self, text: str, entries: Sequence[Entry], task: Task, *, again: bool = False) -> Verdict:
        needed = self._bar.height(task)
        verdict = check_sentence(text, entries, self._support, needed, task.language, task.question.text)
        if task.free and (objection := _foreign(text, task.language)):
            verdict = replace(verdict, objections=(*verdict.objections, objection))
        if trace := current():
            entry = entries[verdict.source]
            span = self._support(text, entry.answer)[1]
            trace.judged(Judgement(text, verdict.support, needed, entry.id, span, verdict.objections, again))
        if not verdict.passed:
            # The objections name facts of the draft, never the customer's words.
            _log.info("sentence withheld", objections=len(verdict.objections), again=again)
        return verdict

    def _begun_again(self, task: Task) -> Sentence | None:
        """In the place of a draft that began wrongly, one sentence out of the entry that answers, if there is one.

        An entry's own sentence is no gain over quoting the whole entry, nor is one answer to two questions.
        """
        if not task.free or len(task.best) > 1:
            return None
        entry = next(entry for entry in task.entries if entry.id in task.best)
        return self._again(entry, quotable(self._support(task.question.text, entry.answer)[1]), task)

    def _mended(self, text: str, verdict: Verdict, task: Task) -> Sentence | None:
        """A later sentence written once more, or the one that it came from; None where it came from none."""
        entry = task.entries[verdict.source]
        if not task.free or verdict.support < self._bar.height(task):
            return None
        span = quotable(self._support(text, entry.answer)[1])
        readable = entry.language in {"", task.language}
        return self._again(entry, span, task) or (Sentence(span, (entry.id,)) if span and readable else None)

    def _again(self, entry: Entry, span: str, task: Task) -> Sentence | None:
        """One sentence drafted from one sentence alone, if it passes."""
        if not span or ends_asking(span):
            return None
        alone = replace(entry, answer=span)
        limits = replace(task.limits, tokens=min(_AGAIN_TOKENS, task.limits.tokens))
        question = replace(task.question, history=())
        budget = self._generator.context - limits.tokens
        count = self._generator.count_tokens
        prompt = build_prompt(
            question, task.language, [alone], count, budget, self._mark, voice=self._voice, one_sentence=True
        )
        draft = watched(self._generator.generate(prompt, limits), prompt, [alone], self._mark)
        try:
            with contextlib.closing(sound(draft)) as pieces:
                text = next(_whole_sentences(pieces), "")
        except Cancelled:
            raise
        except GenerationFailed as error:
            _log.info("no second draft of a sentence", error=type(error).__name__)
            return None
        passed = bool(text) and self._judge(text, [alone], task, again=True).passed
        return Sentence(text, (entry.id,), self._support(text, span)[0]) if passed else None

    def _draft(self, task: Task) -> Pieces:
        budget = self._generator.context - task.limits.tokens
        count = self._generator.count_tokens
        texts = (task.question, task.language, task.entries)
        prompt = build_prompt(*texts, count, budget, self._mark, voice=self._voice, shots=task.shots)
        if trace := current():
            trace.drafted(self._generator.name, prompt)
        pieces = overheard(self._generator.generate(prompt, task.limits))
        yield from watched(pieces, prompt, task.entries, self._mark)


def _foreign(text: str, language: str) -> str:
    """An objection where `text` is clearly in another language."""
    wanted = language.partition("-")[0]
    written = detect(text, default=wanted) if wanted else ""
    return "" if written == wanted else f"is in {written}, not in {wanted}"


def _whole_sentences(pieces: Iterator[str]) -> Iterator[str]:
    """The draft's sentences, each as soon as the next one has begun; the last one only if it has an end."""
    draft = ""
    for piece in pieces:
        draft += piece
        if runs_on := _RUNS_ON.search(draft):
            draft = draft[: runs_on.start()]
            break
        spans = sentences(draft)
        if len(spans) > 1:
            yield from (span.text for span in spans[:-1])
            draft = draft[spans[-1].start :]
    # A draft that met the token limit stops in the middle of a sentence, which may then say the contrary.
    yield from (span.text for span in sentences(draft) if _ENDS.search(span.text))
