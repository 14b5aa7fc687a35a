"""Who an agent is: one-time links and sessions that can be ended. Knows no HTTP and no Redis.

Links and sessions are random secrets of 256 bits; a store keeps only their hashes.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.accounts.base import Role
from bot.channels.base import ChannelError

HOUR = 3_600.0
LINK_SECONDS = 24 * HOUR
IDLE_SECONDS = 12 * HOUR
LONGEST_SECONDS = 7 * 24 * HOUR


class SessionsUnavailable(ChannelError):
    """Sessions cannot be read or written now; its text is one line fit for a person."""


@dataclass(frozen=True, slots=True)
class Session:
    """An agent at the desk. Times are Unix seconds."""

    agent: str
    began: float
    seen: float
    role: Role = Role.AGENT
    id: str = ""
    """Names the session, and opens nothing."""

    def lives(self, now: float) -> bool:
        """Neither idle for too long nor too old."""
        return now - self.seen < IDLE_SECONDS and now - self.began < LONGEST_SECONDS


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a one-time link is good for: a login with this role, or a new password of this account."""

    role: Role = Role.AGENT
    account: str = ""


class Sessions(Protocol):
    """Where links and sessions are kept. All methods may raise SessionsUnavailable."""

    async def invite(self, invitation: Invitation = Invitation()) -> str:
        """A new link's secret: good for one login within LINK_SECONDS."""

    async def invited(self, link: str) -> Invitation | None:
        """What a link is good for, and stays good for. None: unknown, used or expired."""

    async def redeem(self, link: str) -> Invitation | None:
        """Use a link up. None: unknown, used or expired."""

    async def begin(self, agent: str, role: Role = Role.AGENT) -> str:
        """A new session's secret."""

    async def find(self, secret: str) -> Session | None:
        """The living session of a secret, which counts as seen now."""

    async def end(self, secret: str) -> None:
        """End a session; an unknown one is no error."""

    async def end_all(self, agent: str) -> None:
        """End every session of an agent."""

    async def all(self) -> Sequence[Session]:
        """All living sessions, the last begun first."""

    async def end_known(self, session: str) -> bool:
        """End a session by its id. False: there is none."""


def session_id(fingerprint: str) -> str:
    """The name of a session, made of what a store keeps in its secret's place."""
    return fingerprint[:16]


def new_secret() -> str:
    """256 random bits, fit for a link or a cookie."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What a store keeps in a secret's place."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class MemorySessions:
    """Sessions of one process, for tests and trials."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._links: dict[str, tuple[Invitation, float]] = {}
        self._sessions: dict[str, Session] = {}

    async def invite(self, invitation: Invitation = Invitation()) -> str:
        link = new_secret()
        self._links[fingerprint(link)] = invitation, self._clock() + LINK_SECONDS
        return link

    async def invited(self, link: str) -> Invitation | None:
        invitation, until = self._links.get(fingerprint(link), (None, 0.0))
        return invitation if until > self._clock() else None

    async def redeem(self, link: str) -> Invitation | None:
        invitation, until = self._links.pop(fingerprint(link), (None, 0.0))
        return invitation if until > self._clock() else None

    async def begin(self, agent: str, role: Role = Role.AGENT) -> str:
        secret, now = new_secret(), self._clock()
        key = fingerprint(secret)
        self._forget(now)
        self._sessions[key] = Session(agent, now, now, role, session_id(key))
        return secret

    async def find(self, secret: str) -> Session | None:
        key, now = fingerprint(secret), self._clock()
        session = self._sessions.get(key)
        if session is None or not session.lives(now):
            self._sessions.pop(key, None)
            return None
        self._sessions[key] = replace(session, seen=now)
        return self._sessions[key]

    async def end(self, secret: str) -> None:
        self._sessions.pop(fingerprint(secret), None)

    async def end_all(self, agent: str) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if session.agent != agent}

    async def all(self) -> Sequence[Session]:
        self._forget(self._clock())
        return sorted(self._sessions.values(), key=lambda session: -session.began)

    async def end_known(self, session: str) -> bool:
        before = len(self._sessions)
        self._sessions = {key: each for key, each in self._sessions.items() if each.id != session}
        return len(self._sessions) < before

    def _forget(self, now: float) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if session.lives(now)}
