"""Speaks for found entries: quotes, composes or extracts, and lets only checked sentences out.

Knows entries, a generator and the check. Does not decide whether to answer.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import structlog

from bot.answering.answer import Mode, Question, Release, Sentence, Source
from bot.answering.check import Support
from bot.answering.decide import Finding
from bot.answering.drafting import Bar, Drafter, Task
from bot.answering.quote import Quote, quote, quote_hits, source
from bot.answering.sums import Sum
from bot.answering.trace import current
from bot.answering.trust import Trust, kind_of
from bot.answering.voice import PLAINLY, Voice
from bot.generators.base import GenerationFailed, Generator, Limits
from knowledge.corpus.entry import Entry
from knowledge.diversity import diverse
from knowledge.retriever import Hit

_log = structlog.get_logger(__name__)

_LONGEST_SHOT = 400  # characters of a worked example's answer


@dataclass(frozen=True, slots=True)
class Speech:
    """What was said, how, and on which entries it rests. Not `whole` when a generator broke off on the way."""

    mode: Mode
    sentences: tuple[Sentence, ...]
    text: str
    sources: tuple[Source, ...]
    model: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Manner:
    """How to speak.

    compose: let the generator write whenever there is one; otherwise only where `trust` lets it, which is, unless it
    was measured, where quoting can't do (another language). Small models hold the facts half as often as a quote.
    quote_limit: characters; a longer entry is not quoted whole, its sentences are chosen.
    seconds, tokens: limits of one generation. entries: how many stand in the prompt; shots: how many of the next
    ones, with their questions and answers, as worked examples.
    needed_support: the least support of a composed sentence; `needed_across` where the entry is in another
    language, for there similarities are lower (scripts/EXPERIMENTS.md has the distributions).
    mark: a word in the instructions by which a draft that repeats them is known (see `leak`).
    voice: the bot's name and tone.
    """

    compose: bool = False
    trust: Trust = field(default_factory=Trust)
    quote_limit: int = 1000
    seconds: float = 8.0
    tokens: int = 120
    entries: int = 3
    shots: int = 0
    needed_support: float = 0.5
    needed_across: float = 0.3
    mark: str = ""
    voice: Voice = PLAINLY


class Speaker:
    """Turns findings into checked sentences."""

    def __init__(self, generator: Generator | None, extractor: Generator, support: Support, manner: Manner) -> None:
        self._generator = generator
        self._extractor = extractor
        self._support = support
        self._manner = manner

    def speak(
        self,
        question: Question,
        language: str,
        findings: Sequence[Finding],
        release: Release,
        cancelled: threading.Event,
    ) -> Speech:
        """Say what the findings' entries hold. Each finding has at least one hit."""
        hits = list({finding.best.entry.id: finding.best for finding in findings}.values())
        whole = True
        for generator, mode in self._drafters(question, language, hits):
            speech, ended = self._compose(generator, mode, question, language, findings, release, cancelled)
            whole = whole and ended
            if speech:
                return self._with_the_rest(replace(speech, whole=whole), language, findings, release)
        return _quoted(quote(findings, self._manner.quote_limit, release), whole=whole)

    def tell(self, worked: Sum, language: str, findings: Sequence[Finding], release: Release) -> Speech:
        """Say what was worked out, and quote the entries that it follows from."""
        hits = {hit.entry.id: hit for finding in findings for hit in finding.hits}
        sentence = Sentence(
            self._manner.voice.phrase("sum", language, work=worked.work), tuple(entry.id for entry in worked.entries)
        )
        release(sentence)
        quoted = _quoted(quote_hits([hits[entry.id] for entry in worked.entries], release))
        text = f"{sentence.text}\n\n{quoted.text}"
        return replace(quoted, sentences=(sentence, *quoted.sentences), text=text)

    def admit(self, speech: Speech, language: str, release: Release) -> Speech:
        """The speech, and after it that something of what was asked has no answer."""
        said = Sentence(self._manner.voice.phrase("left_open", language))
        release(said)
        return replace(speech, sentences=(*speech.sentences, said), text=f"{speech.text}\n\n{said.text}")

    def _with_the_rest(self, speech: Speech, language: str, findings: Sequence[Finding], release: Release) -> Speech:
        """The speech, and quoted after it what it leaves out where several things were asked."""
        told = {source.id for source in speech.sources}
        rest = [
            finding
            for finding in findings
            if finding.best.entry.id not in told
            and finding.best.entry.language in {"", language}
            and not self._too_long(finding.best)
        ]
        if not rest:
            return speech
        said, text, sources = quote(rest, self._manner.quote_limit, release)
        more = tuple(source for source in sources if source.id not in told)
        return replace(
            speech,
            sentences=(*speech.sentences, *said),
            text=f"{speech.text}\n\n{text}",
            sources=(*speech.sources, *more),
        )

    def _drafters(self, question: Question, language: str, hits: Sequence[Hit]) -> Iterator[tuple[Generator, Mode]]:
        """Who is asked for a draft, one after the other until one gives something that passes."""
        if self._generator and self._may_compose(question, language, hits):
            yield self._generator, Mode.GENERATED
        if any(self._too_long(hit) for hit in hits):
            yield self._extractor, Mode.EXTRACTIVE

    def _may_compose(self, question: Question, language: str, hits: Sequence[Hit]) -> bool:
        kind = kind_of(question, language, [hit.entry for hit in hits])
        return self._manner.compose or self._manner.trust.lets(kind)

    def _too_long(self, hit: Hit) -> bool:
        return len(hit.entry.answer) > self._manner.quote_limit

    def _compose(
        self,
        generator: Generator,
        mode: Mode,
        question: Question,
        language: str,
        findings: Sequence[Finding],
        release: Release,
        cancelled: threading.Event,
    ) -> tuple[Speech | None, bool]:
        """Checked sentences of a draft, or None when none passed; and whether the draft came to its end."""
        manner = self._manner
        bar = Bar(manner.needed_support, manner.needed_across)
        drafter = Drafter(generator, self._support, bar, manner.mark, manner.voice)
        entries = _context(findings, manner.entries)
        best = frozenset(finding.best.entry.id for finding in findings)
        started = time.monotonic()
        limits = Limits(manner.tokens, started + manner.seconds, cancelled)
        said: list[Sentence] = []
        seconds: dict[str, float] = {}
        ended = True
        try:
            shots = _shots(findings, entries, language, manner.shots)
            task = Task(question, language, tuple(entries), best, limits, mode is Mode.GENERATED, shots)
            for sentence in drafter.sentences(task):
                said.append(sentence)
                seconds.setdefault("first_sentence", time.monotonic() - started)
                release(sentence)
        except GenerationFailed as error:
            ended = False
            _log.warning("generation failed", error=type(error).__name__, said=len(said))
            if (trace := current()) and trace.drafts:
                trace.broke_off(error)
        seconds["generate"] = time.monotonic() - started
        if not said:
            return None, ended
        return _speech(mode, said, {e.id: e for e in entries}, findings, generator.name, seconds), ended


def _context(findings: Sequence[Finding], most: int) -> list[Entry]:
    """The entries for a prompt: every finding's best first, then of the runners-up those that tell most besides."""
    best = {finding.best.entry.id: finding.best for finding in findings}
    ranked = best | {hit.entry.id: hit for finding in findings for hit in finding.hits if hit.entry.id not in best}
    return [hit.entry for hit in diverse(list(ranked.values()), most, len(best))]


def _shots(findings: Sequence[Finding], told: Sequence[Entry], language: str, most: int) -> tuple[Entry, ...]:
    """The nearest entries that are not `told` and show how a question is answered in this language, shortly."""
    near = {hit.entry.id: hit.entry for finding in findings for hit in finding.hits}
    others = (entry for id_, entry in near.items() if id_ not in {one.id for one in told})
    fit = (e for e in others if e.question and e.language == language and len(e.answer) <= _LONGEST_SHOT)
    return tuple(islice(fit, most))


def _quoted(made: Quote, *, whole: bool = True) -> Speech:
    said, text, sources = made
    return Speech(Mode.VERBATIM, said, text, sources, whole=whole)


def _speech(
    mode: Mode,
    said: Sequence[Sentence],
    entries: dict[str, Entry],
    findings: Sequence[Finding],
    model: str,
    seconds: dict[str, float],
) -> Speech:
    hits = {hit.entry.id: hit for finding in findings for hit in finding.hits}
    cited = dict.fromkeys(id_ for sentence in said for id_ in sentence.sources if id_ in entries)
    glue = "" if said and said[0].text[-1:] in "。！？" else " "
    text = glue.join(sentence.text for sentence in said)
    return Speech(mode, tuple(said), text, tuple(source(hits[id_]) for id_ in cited), model, seconds)
