"""`kefu explain`: the way of a question asked now, and of an answer that is stored."""

import hashlib
import shutil

import pytest

from bot.commands.explain import changed
from tests.fakes.house import FAQ, KefuHouse
from tests.fakes.visitor import PATIENCE, Customer, eventually

pytestmark = pytest.mark.slow  # every case starts a process

RETURNS = "How long do I have to send something back?"


def served(house: KefuHouse, *questions: str) -> str:
    """The name of a conversation in which these were asked and answered."""
    with house.serving() as serving:
        customer = Customer(serving.address)
        for number, question in enumerate(questions, 1):
            customer.write(question)
            assert eventually(lambda n=number: len(customer.answers()) == n, PATIENCE)
    return f"web:{hashlib.sha256(customer.token.partition('.')[0].encode()).hexdigest()[:32]}"


def test_a_question_is_told_with_all_that_was_seen_on_its_way(informed: KefuHouse) -> None:
    (told,) = informed.run("explain", RETURNS, "--json").lines
    (part,) = told["trace"]["parts"]
    best = part["lookups"][part["won"]]["hits"][0]
    assert (best["id"], best["score"]) == ("returns", told["answer"]["sources"][0]["score"])
    assert part["lookups"][part["won"]]["confidence"] == told["answer"]["confidence"]
    assert told["answer"]["snapshot"] == informed.current.name


def test_people_read_it_line_by_line(informed: KefuHouse) -> None:
    lines = informed.run("explain", RETURNS).out.splitlines()
    names = [line[:12].strip() for line in lines if line[:12].strip()]
    assert names[:5] == ["question", "language", "intent", "part 1", "looked up"]
    assert {"threshold", "answer", "source", "snapshot", "model", "seconds"} <= set(names)
    assert any("returns – " in line for line in lines)


def test_a_refusal_is_explained_too(informed: KefuHouse) -> None:
    (told,) = informed.run("explain", "Who won the football match on Sunday?", "--json").lines
    assert told["answer"]["outcome"] == "refused"
    assert told["answer"]["confidence"] < told["trace"]["threshold"]


def test_a_stored_answer_is_told_and_answered_again_from_its_snapshot(informed: KefuHouse) -> None:
    then = informed.current.name
    conversation = served(informed, RETURNS, "And how much does shipping cost?")
    informed.build(content=FAQ.replace("4.90", "6.90"))
    assert informed.current.name != then

    (told,) = informed.run("explain", conversation, "last", "--json").lines
    assert told["question"] == "And how much does shipping cost?"
    assert told["history"][0] == {"role": "customer", "text": RETURNS}
    assert told["answer"]["snapshot"] == then
    assert "trace" not in told

    (again,) = informed.run("explain", conversation, told["turn"], "--rerun", "--json").lines
    assert again["same"] is True
    assert again["again"]["text"] == "Shipping costs 4.90 euros within Germany."
    assert again["trace"]["parts"][0]["lookups"][0]["hits"][0]["id"] == "shipping"
    assert "the same, to the letter" in informed.run("explain", conversation, "last", "--rerun").out


def test_a_snapshot_that_is_gone_is_named(informed: KefuHouse) -> None:
    then = informed.current.name
    conversation = served(informed, RETURNS)
    informed.build(content=FAQ.replace("4.90", "6.90"))
    shutil.rmtree(informed.knowledge / "snapshots" / then)
    done = informed.run("explain", conversation, "last", "--rerun")
    assert done.code == 2
    assert f"the snapshot {then} is no longer kept" in done.err


def test_what_is_not_there_is_said(informed: KefuHouse) -> None:
    conversation = served(informed, RETURNS)
    unknown = informed.run("explain", "web:nobody", "last")
    assert unknown.code == 2
    assert "web:nobody" in unknown.err
    wrong = informed.run("explain", conversation, "7")
    assert wrong.code == 2
    assert "no answer 7 of the bot" in wrong.err
    assert "needs a conversation and a turn" in informed.refusal("explain", RETURNS, "--rerun")


STORED = {"text": "30 days.", "outcome": "answered", "mode": "generated", "language": "en", "model": "m:int8@1"}


def test_another_model_is_told_though_it_says_the_same() -> None:
    assert changed(STORED, STORED | {"model": "m:int8@2"}) == ["model"]
    assert changed(STORED, STORED | {"text": "30 days!", "mode": "verbatim"}) == ["text", "mode"]
    assert changed(STORED, dict(STORED)) == []


def test_the_notice_after_a_handoff_is_no_difference() -> None:
    now = {"text": "A colleague comes.", "outcome": "handed_over", "mode": "handoff", "language": "en", "model": ""}
    assert changed(now | {"text": "A colleague comes. You are number 3."}, now) == []
    assert changed(now | {"text": "Somebody comes."}, now) == ["text"]
