import json
import threading

from bot.answering.answer import Mode, Outcome, PastTurn, Question
from bot.answering.trace import Trace, current, recorded
from bot.generators.base import DeadlineExceeded
from tests.bot.answering.conftest import MakeAnswerer, Scripted

RETURNS = "How long can I return goods?"


def test_nothing_is_kept_where_nobody_looks(make_answerer: MakeAnswerer) -> None:
    with recorded() as trace:
        pass
    make_answerer().answer(Question(RETURNS))
    assert current() is None
    assert trace == Trace()


def test_an_answer_is_the_same_whether_somebody_looks_or_not(make_answerer: MakeAnswerer) -> None:
    answerer = make_answerer(Scripted("Return shipping costs 4.90 €. It is 60 days."), compose=True)
    alone = answerer.answer(Question(RETURNS))
    with recorded():
        watched = answerer.answer(Question(RETURNS))
    assert watched.to_json() | {"seconds": {}} == alone.to_json() | {"seconds": {}}


def test_a_question_is_told_with_its_language_its_intent_and_what_decides(make_answerer: MakeAnswerer) -> None:
    with recorded() as trace:
        make_answerer().answer(Question(RETURNS))
    assert (trace.question, trace.language, trace.intent) == (RETURNS, "en", "question")
    assert trace.threshold == 0.35
    assert set(trace.weights) >= {"bias", "closeness", "coverage", "margin"}


def test_what_a_rule_decides_is_never_looked_up(make_answerer: MakeAnswerer) -> None:
    with recorded() as trace:
        make_answerer().answer(Question("I want to talk to a person"))
    assert trace.intent == "person"
    assert (trace.parts, trace.drafts) == ([], [])


def test_every_part_tells_its_hits_and_how_sure_the_first_is(make_answerer: MakeAnswerer) -> None:
    with recorded() as trace:
        answer = make_answerer().answer(Question("Do you ship to Norway? And how can I pay?"))
    *parts, whole = trace.parts
    assert [part.lookups[part.won or 0].hits[0].entry.id for part in parts] == ["norway", "pay"]
    assert min(part.lookups[part.won or 0].confidence for part in parts) == answer.confidence
    assert whole.text == "Do you ship to Norway? And how can I pay?"


def test_a_follow_up_is_looked_up_as_it_is_and_with_the_turn_before(make_answerer: MakeAnswerer) -> None:
    before = "Do you ship to Norway?"
    history = (PastTurn("customer", before), PastTurn("bot", "We ship to Norway for 12 €."))
    with recorded() as trace:
        answer = make_answerer().answer(Question("what does it cost to ship there", history))
    (part,) = trace.parts
    raw, joined = part.lookups
    assert (raw.query, joined.query) == (part.text, f"{before} {part.text}")
    assert part.before[-1] == before
    assert part.won is not None
    assert part.lookups[part.won].confidence == max(raw.confidence, joined.confidence) == answer.confidence


def test_a_draft_is_told_with_its_prompt_and_every_verdict(make_answerer: MakeAnswerer) -> None:
    generator = Scripted("Return shipping costs 4.90 €. You can return goods within 60 days.")
    with recorded() as trace:
        make_answerer(generator, compose=True).answer(Question(RETURNS))
    (draft,) = trace.drafts
    assert (draft.generator, draft.prompt, draft.ended) == ("scripted", generator.prompts[0], "")
    assert draft.text == generator.draft
    good, bad, again = draft.judgements
    assert (good.source, good.span, good.objections) == ("returns", "Return shipping costs 4.90 €.", ())
    assert good.support >= good.needed
    assert any("60" in objection for objection in bad.objections)
    assert (good.again, bad.again, again.again) == (False, False, True)


def test_a_draft_that_broke_off_says_why(make_answerer: MakeAnswerer) -> None:
    with recorded() as trace:
        answer = make_answerer(Scripted("", DeadlineExceeded("over")), compose=True).answer(Question(RETURNS))
    assert trace.drafts[0].ended == "DeadlineExceeded: over"
    assert answer.mode is Mode.VERBATIM


def test_each_thread_writes_into_its_own_trace(make_answerer: MakeAnswerer) -> None:
    answerer = make_answerer()
    heard: dict[str, str] = {}

    def ask(text: str) -> None:
        with recorded() as trace:
            for _ in range(5):
                assert answerer.answer(Question(text)).outcome is Outcome.ANSWERED
        heard[text] = trace.question

    asking = [threading.Thread(target=ask, args=(text,)) for text in (RETURNS, "How can I pay?")]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert all(question == text for text, question in heard.items())
    assert len(heard) == 2


def test_a_trace_is_plain_json(make_answerer: MakeAnswerer) -> None:
    with recorded() as trace:
        make_answerer(Scripted("Return shipping costs 4.90 €."), compose=True).answer(Question(RETURNS))
    told = json.loads(json.dumps(trace.to_json()))
    hit = told["parts"][0]["lookups"][0]["hits"][0]
    assert {"id", "title", "score", "closeness", "coverage", "relevance"} <= set(hit)
    assert told["drafts"][0]["prompt"]["messages"][0]["role"] == "system"
    assert told["drafts"][0]["judgements"][0]["span"] == "Return shipping costs 4.90 €."
