"""Stores do what the model does in whatever order. A failure prints the acts, and a `@reproduce_failure` line."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

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
turns = st.sampled_from((1, 1, 2, 0))
lately = st.sampled_from((0, 0, 0, 1, 2))
replies = st.builds(
    Reply,
    status=st.sampled_from((None, None, None, Status.WAITING, Status.WAITING, *Status)),
    reason=st.sampled_from((None, None, "", "asked", "complaint")),
    language=st.sampled_from((None, None, "de")),
    whole=st.booleans(),
)


class StoreMachine(RuleBasedStateMachine):
    """Does the same to a store and to the model."""

    messages = Bundle("messages")
    commits = Bundle("commits")
    sayings = Bundle("sayings")

    def __init__(self, open_world: Callable[[], Coroutine[Any, Any, World]]) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._world = self._run(open_world())
        self._store, self._outbox = self._world.conversations, self._world.outbox
        self._model = Model()
        self._ids = map(str, itertools.count(1))
        self._claims: list[Claim] = []
        self._outgoings: list[Outgoing] = []
        self._onlookers: dict[str, Onlooker] = {}
        self._touched: set[str] = set()
        self._mark = self._run(self._store.activity("$", 0))[0]
        for name in ("telegram:1", "telegram:2"):
            self.accept(name, "Hello")

    def teardown(self) -> None:
        try:
            self._send_all()
            for name in self._model.talks:
                self._compare(name)
        finally:
            self._run(self._world.close())
            self._runner.close()

    @rule(target=messages, name=names, text=st.sampled_from(("Hello", "", "订单在哪里？")))
    def accept(self, name: str, text: str) -> Message:
        message = Message(name, next(self._ids), text, 1.5)
        assert self._model.accept(message) is True
        assert self._run(self._store.accept(message)) is True
        self._touched.add(name)
        return message

    @rule(message=messages, words=st.sampled_from(("", " other words")))
    def accept_again(self, message: Message, words: str) -> None:
        message = replace(message, text=message.text + words)
        self._touched.add(message.conversation)
        if self._model.accept(message) is None:
            with pytest.raises(MessageConflict):
                self._run(self._store.accept(message))
        else:
            assert self._run(self._store.accept(message)) is False

    @rule()
    @precondition(lambda self: self._model.claimable())
    def claim(self) -> None:
        self._claim()

    @rule(times=st.integers(1, 7), failed=st.sampled_from((True, True, True, False)))
    def give_back(self, times: int, failed: bool) -> None:
        for _ in range(times):
            if claim := self._claim():
                self._release(claim, failed)

    @rule(target=commits, name=names, turns=turns, reply=replies, meanwhile=st.booleans())
    def answer(self, name: str, turns: int, reply: Reply, meanwhile: bool) -> Any:
        self.accept(name, "Where is it?")
        if (claim := self._claim()) is None:
            return multiple()
        if meanwhile:
            self.accept(claim.conversation, "My parcel!")
        return self._commit(claim, turns, reply)

    @rule(what=st.sampled_from(("extend", "renew", "publish", "release", "fail")), ago=lately)
    @precondition(lambda self: self._claims)
    def use(self, what: str, ago: int) -> None:
        claim = _lately(self._claims, ago)
        holds = self._model.holds(claim)
        if what == "extend":
            self._extend(claim)
        elif what == "renew":
            assert self._run(self._store.renew(claim)) == self._model.renew(claim) == holds
        elif what == "publish":
            assert self._run(self._store.publish(claim, "typing", {"who": BOT})) == holds
        else:
            self._release(claim, what == "fail")

    @rule(target=commits, ago=lately, turns=turns, reply=replies)
    @precondition(lambda self: self._claims)
    def commit(self, ago: int, turns: int, reply: Reply) -> tuple[Claim, Reply]:
        return self._commit(_lately(self._claims, ago), turns, reply)

    @rule(commit=commits)
    def commit_again(self, commit: tuple[Claim, Reply]) -> None:
        self._touched.add(commit[0].conversation)
        assert self._run(self._store.commit(*commit)) == self._model.commit(*commit)

    @rule(target=sayings, name=names, agent=agents)
    def say(self, name: str, agent: str) -> tuple[str, str, Turn]:
        saying = name, agent, Turn(next(self._ids), "agent", "Let me look.", 3.0, agent)
        self.say_again(saying)
        return saying

    @rule(saying=sayings)
    def say_again(self, saying: tuple[str, str, Turn]) -> None:
        self._act(saying[0], self._store.say(*saying), lambda: self._model.say(*saying))

    @rule(name=names, what=st.sampled_from(("take_over", "hand_back", "resolve", "reopen", "note")), agent=agents)
    def steer(self, name: str, what: str, agent: str) -> None:
        rated = Turn(f"rating-{agent}", "event", "rated", 4.0, "5")
        given = {
            "take_over": (agent,),
            "hand_back": (),
            "resolve": (agent, "done" if agent == "Mia" else ""),
            "reopen": (agent,),
            "note": (rated,),
        }[what]
        act = getattr(self._store, what)(name, *given)
        self._act(name, act, lambda: getattr(self._model, what)(name, *given))

    @rule()
    def pass_time(self) -> None:
        self._model.now += LEASE * 2 / 3
        self._run(self._world.pass_time(LEASE * 2 / 3))

    @rule(sender=senders)
    def next_turn(self, sender: str) -> None:
        outgoing = self._run(self._outbox.next(sender, 0))
        self._model.next(outgoing, sender)
        self._outgoings += [outgoing] if outgoing else []

    @rule(ago=lately, part=parts, sender=senders, message=st.sampled_from((None, "", "4711")))
    @precondition(lambda self: self._outgoings)
    def attempt(self, ago: int, part: int, sender: str, message: str | None) -> None:
        outgoing = _lately(self._outgoings, ago)
        attempt = self._run(self._outbox.attempt(outgoing, part, sender))
        assert attempt is self._model.attempt(outgoing, part, sender)
        if message is not None and attempt in (Attempt.FIRST, Attempt.AGAIN):
            self._model.record(outgoing, part, message)
            self._run(self._outbox.record(outgoing, part, message))

    @rule(ago=lately, note=st.sampled_from(("", "the customer has blocked the bot")))
    @precondition(lambda self: self._outgoings)
    def settle(self, ago: int, note: str) -> None:
        outgoing = _lately(self._outgoings, ago)
        self._touched.add(outgoing.conversation)
        self._model.settle(outgoing, note)
        self._run(self._outbox.settle(outgoing, note))

    @invariant()
    def what_was_touched_is_as_the_model_says(self) -> None:
        changed = {name for name in self._touched & set(self._model.talks) if self._compare(name)}
        self._touched.clear()
        self._mark, named = self._run(self._store.activity(self._mark, 0))
        assert changed <= set(named)

    @invariant()
    def the_lists_are_as_the_model_says(self) -> None:
        talks = self._model.talks
        since = [talks[name].waiting_since for name in self._run(self._store.queue())]
        assert since == sorted(talk.waiting_since for talk in talks.values() if talk.status is Status.WAITING)
        assert {state.id for state in self._run(self._store.recent())} == set(talks)

    def _compare(self, name: str) -> bool:
        """Whether there are more turns than when it was compared last."""
        talk, known = self._model.talks[name], self._run(self._store.read(name, 10_000))
        talk.assert_told_by(known)
        assert self._run(self._world.mailbox(name)) == talk.pending
        assert_agents_are_not_interrupted(known)
        onlooker = self._onlookers.setdefault(name, Onlooker())
        before = len(onlooker.turns)
        onlooker.hear(self._run(self._store.events(name, onlooker.mark, 0)))
        assert onlooker.sees(known)
        return len(known.turns) > before

    def _run(self, act: Coroutine[Any, Any, Found]) -> Found:
        return self._runner.run(act)

    def _act(self, name: str, act: Coroutine[Any, Any, State], expected: Callable[[], None]) -> None:
        self._touched.add(name)
        if name not in self._model.talks:
            with pytest.raises(ConversationUnknown):
                self._run(act)
            return
        expected()
        assert self._run(act) == self._run(self._store.read(name)).state

    def _claim(self) -> Claim | None:
        exhausted = self._model.exhausted()
        self._touched |= {talk.name for talk in exhausted}
        claim = self._run(self._store.claim("worker", 0))
        # A store gives up what it comes upon while it looks for a claim.
        told = [len(self._run(self._store.read(talk.name, 10_000)).turns) for talk in exhausted]
        given_up = [t for t, turns in zip(exhausted, told, strict=True) if claim is None or turns > len(t.turns)]
        # Of several it gives up in one look none has waited longer: the store chooses their order.
        queue = list(self._run(self._store.queue()))
        self._model.give_up(sorted(given_up, key=lambda talk: queue.index(talk.name)))
        if claim is None:
            assert self._model.claimable() == []
        else:
            self._model.claim(claim)
            self._keep(claim)
        return claim

    def _extend(self, claim: Claim) -> None:
        extended = self._run(self._store.extend(claim))
        assert (extended is not None) == self._model.holds(claim)
        if extended is not None:
            assert [turn.id for turn in extended.pending] == self._model.talks[claim.conversation].pending
            self._keep(extended)

    def _keep(self, claim: Claim) -> None:
        self._claims.append(claim)
        assert self._run(self._store.events(claim.conversation, claim.mark, 0)) == []

    def _release(self, claim: Claim, failed: bool) -> None:
        self._model.release(claim, failed)
        self._run(self._store.release(claim, failed=failed))

    def _commit(self, claim: Claim, turns: int, reply: Reply) -> tuple[Claim, Reply]:
        said = tuple(Turn(next(self._ids), "bot", "Hi.", 2.5) for _ in range(turns))
        commit = claim, replace(reply, turns=said)
        self.commit_again(commit)
        return commit

    def _send_all(self) -> None:
        """A last sender gets all that is left, each once, and is silent where an agent has spoken since."""
        while outgoing := self._run(self._outbox.next("last", 0)):
            self._model.next(outgoing, "last")
            self._outgoings.append(outgoing)
            self.attempt(0, 0, "last", None)
            self.settle(0, "")
        self._model.next(None, "last")


def _lately(items: list[Found], ago: int) -> Found:
    return items[-1 - ago % len(items)]


def try_out(open_world: Callable[[], Coroutine[Any, Any, World]], examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: StoreMachine(open_world), settings=chosen)  # type: ignore[no-untyped-call]


def test_memory_does_what_the_model_does() -> None:
    try_out(lambda: MemoryWorld.open(LEASE), examples=80, steps=60)


@pytest.mark.server
@pytest.mark.parametrize("kind", ["valkey", "redis"])
def test_a_server_does_what_the_model_does(kind: str, request: pytest.FixtureRequest) -> None:
    server: RealServer = request.getfixturevalue(f"{kind}_server")

    try_out(lambda: ServerWorld.open(server.url, LEASE), examples=25, steps=50)
