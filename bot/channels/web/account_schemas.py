"""What the API of accounts accepts. Knows no HTTP."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, model_validator

from bot.accounts.base import Role, key_of
from bot.accounts.passwords import LONGEST, SHORTEST
from bot.accounts.tokens import Scope
from bot.channels.web.schemas import AgentName, Request

Password = Annotated[str, Field(max_length=LONGEST)]
NewPassword = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)]
Code = Annotated[str, Field(max_length=16)]


class Login(Request):
    """A one-time link's secret and the name that customers will see; with a password it makes an account."""

    token: Annotated[str, Field(min_length=1, max_length=128)]
    name: AgentName
    password: NewPassword | Literal[""] = ""

    @model_validator(mode="after")
    def _is_no_name(self) -> "Login":
        if self.password and key_of(self.password) == key_of(self.name):
            raise ValueError("the password is the name: choose another")
        return self


class PasswordLogin(Request):
    """A name, its password and, where there is a second factor, its code."""

    name: Annotated[str, Field(max_length=40)]
    password: Password
    code: Code = ""


class Confirming(Request):
    """One's own password again, and the code where there is a second factor."""

    password: Password
    code: Code = ""


class PasswordChange(Confirming):
    """The password so far and the one from now on."""

    new: NewPassword


class Coding(Request):
    """A code of the second factor that is to be asked for."""

    code: Code


class Inviting(Request):
    """For whom a one-time link is; with an account's name, it gives that account a new password."""

    role: Role = Role.AGENT
    account: Annotated[str, Field(max_length=40)] = ""


class AccountChange(Request):
    """What is to be changed of an account."""

    role: Role | None = None
    disabled: StrictBool | None = None


class TokenWish(Request):
    """A token for a program; `days`: how long it is good for, 0 for ever."""

    name: AgentName
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=len(Scope))]
    days: Annotated[float, Field(ge=0, le=3_650)] = 90
