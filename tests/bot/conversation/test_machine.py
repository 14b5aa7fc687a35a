"""Stores do what the model does, whatever is done to them in whatever order.

A failure prints the acts that lead to it, and a line for `@reproduce_failure`.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from bot.conversation.base import ConversationUnknown, MessageConflict
from bot.conversation.messages import BOT, Claim, Message, Reply, State, Status, Turn
from bot.delivery.base import Attempt, Outgoing
from tests.bot.conversation.model import LEASE, Model
from tests.bot.conversation.onlooker import Onlooker, assert_agents_are_not_interrupted
from tests.bot.conversation.worlds import MemoryWorld, ServerWorld, World
from tests.conftest import RealServer

Found = TypeVar("Found")
names = st.sampled_from(("telegram:1", "telegram:2", "web:1"))
agents = st.sampled_from(("Mia", "Noor"))
senders = st.sampled_from(("old", "new"))
parts = st.integers(0, 1)
statuses = st.sampled_from((None, None, *Status))


class StoreMachine(RuleBasedStateMachine):
    """Does the same to a store and to the model."""

    messages = Bundle("messages")
    claims = Bundle("claims")
    commits = Bundle("commits")
    sayings = Bundle("sayings")
    outgoings = Bundle("outgoings")

    def __init__(self, open_world: Callable[[], Awaitable[World]]) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._world = self._run(_as_coroutine(open_world()))
        self._store, self._outbox = self._world.conversations, self._world.outbox
        self._model = Model()
        self._ids = map(str, itertools.count(1))
        self._onlookers: dict[str, Onlooker] = {}
        self._mark = self._run(self._store.activity("$", 0))[0]

    def teardown(self) -> None:
        try:
            self._send_all()
        finally:
            self._run(self._world.close())
            self._runner.close()

    @rule(target=messages, name=names, text=st.sampled_from(("Hello", "", "订单在哪里？")))
    def accept(self, name: str, text: str) -> Message:
        message = Message(name, next(self._ids), text, 1.5)
        assert self._model.accept(message) is True
        assert self._run(self._store.accept(message)) is True
        return message

    @rule(message=messages, words=st.sampled_from(("", " other words")))
    def accept_again(self, message: Message, words: str) -> None:
        message = replace(message, text=message.text + words)
        if self._model.accept(message) is None:
            with pytest.raises(MessageConflict):
                self._run(self._store.accept(message))
        else:
            assert self._run(self._store.accept(message)) is False

    @rule(target=claims)
    def claim(self) -> Any:
        claim = self._claim()
        return multiple() if claim is None else claim

    @rule(times=st.integers(1, 7))
    def fail(self, times: int) -> None:
        for _ in range(times):
            if claim := self._claim():
                self._model.release(claim)
                self._run(self._store.release(claim))

    @rule(target=claims, claim=claims)
    def extend(self, claim: Claim) -> Any:
        extended = self._run(self._store.extend(claim))
        assert (extended is not None) == self._model.holds(claim)
        if extended is None:
            return multiple()
        assert [turn.id for turn in extended.pending] == self._model.talks[claim.conversation].pending
        self._assert_nothing_after(extended)
        return extended

    @rule(claim=claims)
    def renew(self, claim: Claim) -> None:
        assert self._run(self._store.renew(claim)) == self._model.renew(claim)

    @rule(claim=claims)
    def release(self, claim: Claim) -> None:
        self._model.release(claim)
        self._run(self._store.release(claim))

    @rule(claim=claims)
    def publish(self, claim: Claim) -> None:
        assert self._run(self._store.publish(claim, "typing", {"who": BOT})) == self._model.holds(claim)

    @rule(target=commits, claim=claims, turns=st.integers(0, 2), status=statuses, whole=st.booleans())
    def commit(self, claim: Claim, turns: int, status: Status | None, whole: bool) -> tuple[Claim, Reply]:
        said = tuple(Turn(next(self._ids), "bot", "Hi.", 2.5) for _ in range(turns))
        reply = Reply(said, status, None if status is None else f"why {status}", whole=whole)
        self.commit_again((claim, reply))
        return claim, reply

    @rule(commit=commits)
    def commit_again(self, commit: tuple[Claim, Reply]) -> None:
        assert self._run(self._store.commit(*commit)) == self._model.commit(*commit)

    @rule(name=names, agent=agents)
    def take_over(self, name: str, agent: str) -> None:
        self._act(name, self._store.take_over(name, agent), lambda: self._model.take_over(name, agent))

    @rule(name=names)
    def hand_back(self, name: str) -> None:
        self._act(name, self._store.hand_back(name), lambda: self._model.hand_back(name))

    @rule(target=sayings, name=names, agent=agents)
    def say(self, name: str, agent: str) -> tuple[str, str, Turn]:
        saying = name, agent, Turn(next(self._ids), "agent", "Let me look.", 3.0, agent)
        self.say_again(saying)
        return saying

    @rule(saying=sayings)
    def say_again(self, saying: tuple[str, str, Turn]) -> None:
        self._act(saying[0], self._store.say(*saying), lambda: self._model.say(*saying))

    @rule(name=names, reason=st.sampled_from(("", "done")))
    def resolve(self, name: str, reason: str) -> None:
        self._act(name, self._store.resolve(name, "Mia", reason), lambda: self._model.resolve(name, "Mia", reason))

    @rule(name=names)
    def reopen(self, name: str) -> None:
        self._act(name, self._store.reopen(name, "Noor"), lambda: self._model.reopen(name, "Noor"))

    @rule(name=names, number=st.integers(1, 3))
    def note(self, name: str, number: int) -> None:
        turn = Turn(f"rating-{number}", "event", "rated", 4.0, "5")
        self._act(name, self._store.note(name, turn), lambda: self._model.note(name, turn))

    @rule()
    def pass_time(self) -> None:
        self._model.now += LEASE * 2 / 3
        self._run(self._world.pass_time(LEASE * 2 / 3))

    @rule(target=outgoings, sender=senders)
    def next_turn(self, sender: str) -> Any:
        outgoing = self._run(self._outbox.next(sender, 0))
        self._model.next(outgoing, sender)
        return multiple() if outgoing is None else outgoing

    @rule(outgoing=outgoings, part=parts, sender=senders, message=st.sampled_from((None, "", "4711")))
    def attempt(self, outgoing: Outgoing, part: int, sender: str, message: str | None) -> None:
        attempt = self._run(self._outbox.attempt(outgoing, part, sender))
        assert attempt is self._model.attempt(outgoing, part, sender)
        if message is not None and attempt in (Attempt.FIRST, Attempt.AGAIN):
            self._model.record(outgoing, part, message)
            self._run(self._outbox.record(outgoing, part, message))

    @rule(outgoing=outgoings, note=st.sampled_from(("", "the customer has blocked the bot")))
    def settle(self, outgoing: Outgoing, note: str) -> None:
        self._model.settle(outgoing, note)
        self._run(self._outbox.settle(outgoing, note))

    @invariant()
    def every_conversation_is_as_the_model_says(self) -> None:
        changed = set()
        for name, talk in self._model.talks.items():
            known = self._run(self._store.read(name, 10_000))
            assert [_as_told(turn, seen) for turn, seen in zip(talk.turns, known.turns, strict=True)] == talk.turns
            told = known.state.owner, known.state.status, known.state.reason, known.state.episode
            assert told == (talk.owner, talk.status, talk.reason, talk.episode)
            assert self._run(self._world.mailbox(name)) == talk.pending
            assert_agents_are_not_interrupted(known)
            onlooker = self._onlookers.setdefault(name, Onlooker())
            changed |= {name} if len(onlooker.turns) != len(known.turns) else set()
            onlooker.hear(self._run(self._store.events(name, onlooker.mark, 0)))
            assert onlooker.sees(known)
        self._mark, named = self._run(self._store.activity(self._mark, 0))
        assert changed <= set(named) <= set(self._model.talks)

    @invariant()
    def the_lists_are_as_the_model_says(self) -> None:
        talks = self._model.talks
        since = [talks[name].waiting_since for name in self._run(self._store.queue())]
        assert since == sorted(talk.waiting_since for talk in talks.values() if talk.status is Status.WAITING)
        assert {state.id for state in self._run(self._store.recent())} == set(talks)

    def _run(self, act: Coroutine[Any, Any, Found]) -> Found:
        return self._runner.run(act)

    def _act(self, name: str, act: Coroutine[Any, Any, State], expected: Callable[[], None]) -> None:
        if name not in self._model.talks:
            with pytest.raises(ConversationUnknown):
                self._run(act)
            return
        expected()
        assert self._run(act) == self._run(self._store.read(name)).state

    def _claim(self) -> Claim | None:
        exhausted = self._model.exhausted()
        claim = self._run(self._store.claim("worker", 0))
        # A store gives up what it comes upon while it looks for a claim.
        told = [len(self._run(self._store.read(talk.name, 10_000)).turns) for talk in exhausted]
        given_up = [t for t, turns in zip(exhausted, told, strict=True) if claim is None or turns > len(t.turns)]
        self._model.give_up(given_up)
        if claim is None:
            assert self._model.claimable() == []
        else:
            self._model.claim(claim)
            self._assert_nothing_after(claim)
        return claim

    def _assert_nothing_after(self, claim: Claim) -> None:
        assert self._run(self._store.events(claim.conversation, claim.mark, 0)) == []

    def _send_all(self) -> None:
        """A last sender gets all that is left, each once, and is silent where an agent has spoken since."""
        while outgoing := self._run(self._outbox.next("last", 0)):
            self._model.next(outgoing, "last")
            self.attempt(outgoing, 0, "last", None)
            self.settle(outgoing, "")
        self._model.next(None, "last")


def _as_told(turn: Turn, seen: Turn) -> Turn:
    """What a store has, without what the model cannot know of it."""
    return seen if turn.id else replace(seen, id="", at=0.0)


async def _as_coroutine(act: Awaitable[Found]) -> Found:
    return await act


async def in_memory() -> World:
    return MemoryWorld(LEASE)


def try_out(open_world: Callable[[], Awaitable[World]], examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: StoreMachine(open_world), settings=chosen)  # type: ignore[no-untyped-call]


def test_memory_does_what_the_model_does() -> None:
    try_out(in_memory, examples=150, steps=50)


@pytest.mark.server
@pytest.mark.parametrize("kind", ["valkey", "redis"])
def test_a_server_does_what_the_model_does(kind: str, request: pytest.FixtureRequest) -> None:
    server: RealServer = request.getfixturevalue(f"{kind}_server")

    async def on_the_server() -> World:
        return await ServerWorld.open(server.url, LEASE)

    try_out(on_the_server, examples=25, steps=40)
