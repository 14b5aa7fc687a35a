"""Speaks for found entries: quotes, composes or extracts, and lets only checked sentences out.

Knows entries, a generator and the check. Does not decide whether to answer.
"""

import contextlib
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import structlog

from bot.answering.answer import Mode, Question, Release, Sentence, Source
from bot.answering.check import Support, check_sentence
from bot.answering.decide import Finding
from bot.answering.harmless import quotable
from bot.answering.leak import watched
from bot.answering.phrases import phrase
from bot.answering.prompt import build_prompt
from bot.answering.sums import Sum
from bot.answering.trace import Judgement, current, overheard
from bot.answering.trust import Trust, kind_of
from bot.generators.base import GenerationFailed, Generator, Limits, Pieces
from bot.generators.sound import sound
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences
from knowledge.diversity import diverse
from knowledge.language import detect
from knowledge.retriever import Hit

_log = structlog.get_logger(__name__)

# Small models go on with the next question of the worked examples.
_RUNS_ON = re.compile(r"^\s*(Question:|Facts:|<<<|问题：)", re.M)
_ENDS = re.compile(r"[.!?。！？…][)\"'”’）」]*$")


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
    seconds, tokens: limits of one generation. entries: how many stand in the prompt.
    needed_support: the least support of a composed sentence; `needed_across` where the entry is in another
    language, for there similarities are lower (scripts/EXPERIMENTS.md has the distributions).
    mark: a word in the instructions by which a draft that repeats them is known (see `leak`).
    """

    compose: bool = False
    trust: Trust = field(default_factory=Trust)
    quote_limit: int = 1000
    seconds: float = 8.0
    tokens: int = 120
    entries: int = 3
    needed_support: float = 0.5
    needed_across: float = 0.3
    mark: str = ""


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
                return replace(speech, whole=whole)
        return replace(_quote(findings, self._manner.quote_limit, release), whole=whole)

    def tell(self, worked: Sum, language: str, findings: Sequence[Finding], release: Release) -> Speech:
        """Say what was worked out, and quote the entries that it follows from."""
        hits = {hit.entry.id: hit for finding in findings for hit in finding.hits}
        sentence = Sentence(phrase("sum", language, work=worked.work), tuple(entry.id for entry in worked.entries))
        release(sentence)
        quoted = _quote_hits([hits[entry.id] for entry in worked.entries], release)
        text = f"{sentence.text}\n\n{quoted.text}"
        return replace(quoted, sentences=(sentence, *quoted.sentences), text=text)

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
        entries = _context(findings, self._manner.entries)
        limits = Limits(self._manner.tokens, time.monotonic() + self._manner.seconds, cancelled)
        started = time.monotonic()
        said: list[Sentence] = []
        seconds: dict[str, float] = {}
        ended = True
        written_in = language if mode is Mode.GENERATED else ""
        try:
            draft = _draft(generator, question, language, entries, limits, self._manner.mark)
            with contextlib.closing(sound(draft)) as pieces:
                for sentence in self._passed(_whole_sentences(pieces), entries, findings, language, written_in):
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

    def _passed(
        self,
        drafted: Iterator[str],
        entries: Sequence[Entry],
        findings: Sequence[Finding],
        language: str,
        written_in: str,
    ) -> Iterator[Sentence]:
        """The sentences that may leave. A draft that begins wrongly is no answer: nothing of it leaves.

        The first must rest on what answers best: a small model likes to tell what stands in the other entries,
        all of it true, and no answer.
        """
        best = {finding.best.entry.id for finding in findings}
        said: set[str] = set()
        for text in drafted:
            sentence = self._checked(text, entries, language, written_in)
            if not said and (sentence is None or best.isdisjoint(sentence.sources)):
                return
            if sentence and text not in said:
                said.add(text)
                yield sentence

    def _checked(self, text: str, entries: Sequence[Entry], language: str, written_in: str) -> Sentence | None:
        same = any(entry.language in {"", language} for entry in entries)
        needed = self._manner.needed_support if same else self._manner.needed_across
        verdict = check_sentence(text, entries, self._support, needed, language)
        if objection := _foreign(text, written_in):
            verdict = replace(verdict, objections=(*verdict.objections, objection))
        if trace := current():
            entry = entries[verdict.source]
            span = self._support(text, entry.answer)[1]
            trace.judged(Judgement(text, verdict.support, needed, entry.id, span, verdict.objections))
        if not verdict.passed:
            # The objections name facts of the draft, never the customer's words.
            _log.info("sentence withheld", objections=len(verdict.objections))
            return None
        return Sentence(text, (entries[verdict.source].id,), verdict.support)


def _draft(
    generator: Generator, question: Question, language: str, entries: Sequence[Entry], limits: Limits, mark: str
) -> Pieces:
    budget = generator.context - limits.tokens
    prompt = build_prompt(question, language, entries, generator.count_tokens, budget, mark)
    if trace := current():
        trace.drafted(generator.name, prompt)
    yield from watched(overheard(generator.generate(prompt, limits)), prompt, entries, mark)


def _foreign(text: str, language: str) -> str:
    """An objection where `text` is clearly in another language; "" as `language` is for what may be in any."""
    wanted = language.partition("-")[0]
    written = detect(text, default=wanted) if wanted else ""
    return "" if written == wanted else f"is in {written}, not in {wanted}"


def _context(findings: Sequence[Finding], most: int) -> list[Entry]:
    """The entries for a prompt: every finding's best first, then of the runners-up those that tell most besides."""
    best = {finding.best.entry.id: finding.best for finding in findings}
    ranked = best | {hit.entry.id: hit for finding in findings for hit in finding.hits if hit.entry.id not in best}
    return [hit.entry for hit in diverse(list(ranked.values()), most, len(best))]


def _quote(findings: Sequence[Finding], limit: int, release: Release) -> Speech:
    hits = {hit.entry.id: hit for finding in findings for hit in _from_its_beginning(finding, limit)}
    return _quote_hits(list(hits.values()), release)


def _quote_hits(hits: Sequence[Hit], release: Release) -> Speech:
    said, texts = [], []
    for hit in hits:
        texts.append(quotable(hit.entry.answer))
        for span in sentences(texts[-1]):
            said.append(Sentence(span.text, (hit.entry.id,)))
            release(said[-1])
    return Speech(Mode.VERBATIM, tuple(said), "\n\n".join(texts), tuple(_source(hit) for hit in hits))


def _from_its_beginning(finding: Finding, limit: int) -> list[Hit]:
    """The best hit; where it is a later piece of a long section, the section's first found piece before it.

    A help page answers in its first lines and goes into details behind them.
    """
    best = finding.best
    pieces = [hit for hit in finding.hits if _section(hit) == _section(best)]
    first = min(pieces, key=lambda hit: (hit.entry.place.line, hit.entry.place.start or 0))
    if first is best or len(first.entry.answer) + len(best.entry.answer) > 2 * limit:
        return [best]
    return [first, best]


def _section(hit: Hit) -> tuple[str, str, str]:
    entry = hit.entry
    # A table's row is no section: only what was cut out of running text is.
    return (entry.place.source, entry.title, entry.question) if entry.place.start is not None else ("", entry.id, "")


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
    return Speech(mode, tuple(said), text, tuple(_source(hits[id_]) for id_ in cited), model, seconds)


def _source(hit: Hit) -> Source:
    return Source(hit.entry.id, hit.entry.heading, hit.entry.url, hit.score)


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
