"""Decides what to say. Knows no channel, no Redis and no event loop.

The way of a question: read its intent → find entries → decide how to answer → speak, sentence by sentence, each
one checked. Whatever is released through `release` also stands in the answer that is returned.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache

from bot.answering.answer import BOT, CUSTOMER, Answer, Mode, Outcome, Question, Reason, Release, Source
from bot.answering.clarify import Doubt, choices, chosen, name_of
from bot.answering.clauses import is_question
from bot.answering.decide import Finding
from bot.answering.find import Search, find
from bot.answering.leftover import leaves_open
from bot.answering.question import Part, parts, whole
from bot.answering.related import questions_next
from bot.answering.rewrite import Rewriter
from bot.answering.second_look import SecondLook
from bot.answering.speak import Speaker, Speech
from bot.answering.sums import Sum, asks_sum, priced_phrases, work_out
from bot.answering.sure import lacks_the_words, spoken_of
from bot.answering.trace import current
from bot.answering.voice import PLAINLY, Voice
from bot.reading.bounds import read_bound
from bot.reading.examples import LIKE, SURELY_LIKE, Examples
from bot.reading.handoff_words import HandoffWords
from bot.reading.intent import SMALLTALK, Intent, read_intent
from knowledge.filters import EVERYTHING, FOR_CUSTOMERS, Filter
from knowledge.language import NOT_LATIN, detect
from knowledge.retriever import Retriever

_NEAREST = 3
_SAID = SMALLTALK - {Intent.ABOUT_BOT}  # what is never a question


@dataclass(frozen=True, slots=True)
class Policy:
    """When to answer, and how to search. `threshold` is the least confidence.

    A question with one of the `handoff_words` always goes to a person. Customers are told nothing but what `within`
    admits; agents may read everything.
    """

    threshold: float = 0.35
    search: Search = field(default_factory=Search)
    handoff_words: tuple[str, ...] = ()
    within: Filter = FOR_CUSTOMERS
    doubt: Doubt | None = field(default_factory=Doubt)
    voice: Voice = PLAINLY


class Answerer:
    """Answers questions from one snapshot. May be called from several threads at once."""

    def __init__(
        self,
        retriever: Retriever,
        speaker: Speaker,
        policy: Policy,
        rewriter: Rewriter | None = None,
        look: SecondLook | None = None,
        examples: Examples | None = None,
    ) -> None:
        self._retriever = retriever
        self._speaker = speaker
        self._policy = policy
        self._rewriter = rewriter
        self._look = look
        self._handoff_words = HandoffWords(policy.handoff_words)
        self._like = lru_cache(maxsize=256)(examples.like) if examples else lambda text: None

    @property
    def retriever(self) -> Retriever:
        """What it finds entries with."""
        return self._retriever

    def answer(
        self,
        question: Question,
        release: Release = lambda sentence: None,
        cancelled: threading.Event | None = None,
    ) -> Answer:
        """The checked answer; its sentences are handed to `release` as soon as each has passed.

        Never raises for what a generator does: a failed draft becomes a quoted one.
        """
        started = time.monotonic()
        question = chosen(question)
        language = self._language(question)
        if trace := current():
            trace.question, trace.language, trace.threshold = question.text, language, self._policy.threshold
            trace.weights = asdict(self._policy.search.weights)
        answer = self._by_rule(question, language) or self._from_knowledge(
            question, language, release, cancelled or threading.Event()
        )
        answer.seconds["total"] = time.monotonic() - started
        return answer

    def _language(self, question: Question) -> str:
        """Of the question, else of what the customer said before, else the hint, else of the knowledge."""
        said = " ".join([turn.text for turn in question.history if turn.role == CUSTOMER][-3:])
        earlier = (detect(said, default="") if said else "") or question.language
        # A short Latin word tells no language; but who writes one in Latin script does not wait for Chinese.
        main = self._retriever.main_language
        return detect(question.text, default=earlier or ("en" if main in NOT_LATIN else main))

    def _by_rule(self, question: Question, language: str) -> Answer | None:
        if not question.text.strip():
            name = "waiting" if question.waiting else "unreadable"
            return self._fixed(Outcome.REFUSED, Mode.REFUSE, name, language, Reason.UNREADABLE)
        if self._handoff_words.found_in(question.text):
            return self._hand_over("policy", language, Reason.POLICY)
        intent = read_intent(question.text)
        if trace := current():
            trace.intent = str(intent)
        return (
            self._by_intent(intent, question, language)
            or self._by_bound(question, language)
            or self._by_example(question, language, SURELY_LIKE, frozenset({Intent.PERSON}))
        )

    def _by_example(
        self, question: Question, language: str, least: float, among: frozenset[Intent] = frozenset(Intent)
    ) -> Answer | None:
        """What is due to a message that is like the examples of an intent, with such a lead over questions."""
        like = self._like(question.text)
        if trace := current():
            trace.like = like
        if like is None or like.lead < least or like.intent not in among:
            return None
        if like.intent in _SAID and question.history and is_question(question.text):
            return None  # "and how much later then?" asks on, however much it is like "see you later"
        return self._by_intent(like.intent, question, language)

    def _by_intent(self, intent: Intent, question: Question, language: str) -> Answer | None:
        if intent in SMALLTALK:
            return self._fixed(Outcome.SMALLTALK, Mode.SMALLTALK, str(intent), language)
        if intent is Intent.PERSON:
            name = "waiting" if question.waiting else "handoff"
            return self._hand_over(name, language, Reason.ASKED_FOR_PERSON)
        if intent is Intent.COMPLAINT:
            return self._hand_over("complaint", language, Reason.COMPLAINT)
        if intent is Intent.UPSET:
            return self._hand_over("upset", language, Reason.CUSTOMER_UPSET)
        return None

    def _by_bound(self, question: Question, language: str) -> Answer | None:
        bound = read_bound(question.text)
        return self._fixed(Outcome.REFUSED, Mode.REFUSE, str(bound), language, Reason.POLICY) if bound else None

    def _from_knowledge(
        self, question: Question, language: str, release: Release, cancelled: threading.Event
    ) -> Answer:
        started = time.monotonic()
        findings = self._find(question, language, cancelled)
        found = looked = time.monotonic()
        priced = [*findings, *self._priced(question, language)]
        if worked := self._worked_out(question, language, priced):
            speech = self._speaker.tell(worked, language, priced, release)
            answer = self._answered(question, speech, language, findings[-1:])
        elif asks_sum(question.text):
            answer = self._refuse(question, language, findings)
        else:
            if self._look:
                findings, looked = self._look.at(findings, language, cancelled), time.monotonic()
            answer = self._said_or_refused(question, language, findings, release, cancelled)
        answer.seconds.update(retrieve=found - started, speak=time.monotonic() - looked)
        if looked > found:
            answer.seconds["look"] = looked - found
        return answer

    def _said_or_refused(
        self,
        question: Question,
        language: str,
        findings: Sequence[Finding],
        release: Release,
        cancelled: threading.Event,
    ) -> Answer:
        if not (sure := spoken_of(findings, self._policy.threshold)):
            return self._refuse(question, language, findings)
        speech = self._speaker.speak(question, language, sure, release, cancelled)
        if leaves_open(findings, sure, self._policy.threshold):
            speech = self._speaker.admit(speech, language, release)
        return self._answered(question, speech, language, sure)

    def _find(self, question: Question, language: str, cancelled: threading.Event) -> list[Finding]:
        """The finding of each thing asked; where there are several, that of the whole message is the last."""
        found = parts(question)
        looked_up = found if len(found) == 1 else (*found, whole(question))
        if self._rewriter and (rewrite := self._rewriter.rewrite(question, language, cancelled)):
            looked_up = (*looked_up[:-1], looked_up[-1].also(rewrite))
        return find(
            self._retriever, [(part, language) for part in looked_up], self._policy.search, self._within(question)
        )

    def _within(self, question: Question) -> Filter:
        return EVERYTHING if question.for_agent else self._policy.within

    def _priced(self, question: Question, language: str) -> list[Finding]:
        """What is found for each phrase that may name something with a price."""
        asked = [(Part(text, (text,)), language) for text in priced_phrases(question.text)]
        return find(self._retriever, asked, self._policy.search, self._within(question))

    def _worked_out(self, question: Question, language: str, findings: Sequence[Finding]) -> Sum | None:
        """A sum that follows from entries, one of which is found at least half as surely as an answer must be."""
        if max(finding.confidence for finding in findings) < self._policy.threshold / 2:
            return None
        near = (hit.entry for finding in findings for hit in finding.hits[:_NEAREST])
        entries = list({entry.id: entry for entry in near if entry.language in {"", language}}.values())
        return work_out(question.text, entries, self._retriever.entries, language)

    def _answered(self, question: Question, speech: Speech, language: str, findings: Sequence[Finding]) -> Answer:
        return Answer(
            outcome=Outcome.ANSWERED,
            mode=speech.mode,
            text=speech.text,
            language=language,
            confidence=min(finding.confidence for finding in findings),
            sentences=speech.sentences,
            sources=speech.sources,
            snapshot=self._retriever.snapshot_id,
            model=speech.model,
            seconds=dict(speech.seconds),
            whole=speech.whole,
            related=questions_next(question, language, findings, speech.sources),
        )

    def _refuse(self, question: Question, language: str, findings: Sequence[Finding]) -> Answer:
        if wished := self._by_example(question, language, LIKE):
            return wished
        confidence = max((finding.confidence for finding in findings), default=0.0)
        bot_turns = [turn for turn in question.history if turn.role == BOT]
        if question.waiting:
            return self._fixed(
                Outcome.REFUSED, Mode.REFUSE, "waiting", language, Reason.MISSING_KNOWLEDGE, confidence
            )
        if bot_turns and bot_turns[-1].refused:
            return self._hand_over("repeated_refusal", language, Reason.REPEATED_REFUSAL, confidence)
        if (asked := self._ask_back(language, findings, confidence)) is not None:
            return asked
        # Articles are offered only when they may have to do with the question: half as sure as an answer must be.
        nearest = [f.best for f in findings if f.hits and f.confidence >= self._policy.threshold / 2][:_NEAREST]
        sources = tuple(Source(h.entry.id, h.entry.heading, h.entry.url, h.score) for h in nearest)
        articles = "\n".join(f"- {source.title}" for source in sources)
        name = "refuse_with_articles" if sources else "refuse"
        return Answer(
            outcome=Outcome.REFUSED,
            mode=Mode.REFUSE,
            text=self._policy.voice.phrase(name, language, articles=articles),
            language=language,
            confidence=confidence,
            sources=sources,
            reason=Reason.MISSING_KNOWLEDGE,
            snapshot=self._retriever.snapshot_id,
        )

    def _ask_back(self, language: str, findings: Sequence[Finding], confidence: float) -> Answer | None:
        """The question which of several entries is meant, if there is one to ask."""
        likeliest = max(findings, key=lambda finding: finding.confidence, default=None)
        if likeliest is None or self._policy.doubt is None or lacks_the_words(likeliest):
            return None
        if self._policy.search.known and likeliest.known < self._policy.doubt.known:
            return None
        if not (offered := choices(likeliest.hits, language, self._policy.doubt)):
            return None
        sources = tuple(Source(hit.entry.id, name_of(hit.entry), hit.entry.url, hit.score) for hit in offered)
        listed = "\n".join(f"{number}. {source.title}" for number, source in enumerate(sources, 1))
        return Answer(
            outcome=Outcome.CLARIFIED,
            mode=Mode.CLARIFY,
            text=self._policy.voice.phrase("clarify", language, choices=listed),
            language=language,
            confidence=confidence,
            sources=sources,
            reason=Reason.MISSING_KNOWLEDGE,
            snapshot=self._retriever.snapshot_id,
        )

    def _hand_over(self, name: str, language: str, reason: Reason, confidence: float = 1.0) -> Answer:
        return self._fixed(Outcome.HANDED_OVER, Mode.HANDOFF, name, language, reason, confidence)

    def _fixed(
        self,
        outcome: Outcome,
        mode: Mode,
        name: str,
        language: str,
        reason: Reason | None = None,
        confidence: float = 1.0,
    ) -> Answer:
        text = self._policy.voice.phrase(name, language)
        return Answer(outcome, mode, text, language, confidence, reason=reason, snapshot=self._retriever.snapshot_id)
