"""Passwords, kept as argon2id hashes (RFC 9106) with the library's parameters. Knows no account's store."""

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.accounts.base import PasswordRefused, key_of

SHORTEST, LONGEST = 10, 256
"""Characters of a password."""
_HASHING = ThreadPoolExecutor(2, thread_name_prefix="password")
"""A hash takes 64 MiB: strangers must not make us take many."""


class Passwords:
    """Hashes passwords and checks them, in a thread; `hasher` has cheaper parameters in tests."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    async def hash(self, name: str, password: str) -> str:
        """What is kept of a new password. Raises PasswordRefused."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise PasswordRefused(f"a password has {SHORTEST} to {LONGEST} characters")
        if key_of(password) == key_of(name):
            raise PasswordRefused("the password is the name: choose another")
        return await asyncio.get_running_loop().run_in_executor(_HASHING, self._hasher.hash, password)

    async def right(self, kept: str | None, password: str) -> bool:
        """Whether it is the password of a hash; without one it takes as long, and is not."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_HASHING, self._check, kept or self._nobody, password) and kept is not None

    @functools.cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    def _check(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError, UnicodeError):
            return False
