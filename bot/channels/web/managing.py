"""The admins' API: accounts, one-time links, tokens of programs and the audit log. Knows no conversation."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query

from bot.accounts.base import Account
from bot.channels.web.account_schemas import AccountChange, Inviting, TokenWish
from bot.channels.web.agents import Admin, intended
from bot.channels.web.sessions import LINK_SECONDS, Invitation
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired

router = APIRouter(prefix="/desk/api")
changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])


@router.get("/accounts")
async def accounts(wiring: Wired, admin: Admin) -> Json:
    """All accounts, by name."""
    return {"accounts": [_shown(account) for account in await wiring.staff.accounts.all()]}


@changes.post("/invitations", status_code=201)
async def invite(wiring: Wired, admin: Admin, inviting: Inviting) -> Json:
    """A one-time link's secret, to be put behind `/desk/login#`. 404 for an account that is not there."""
    if inviting.account and await wiring.staff.accounts.find(inviting.account) is None:
        raise HTTPException(404, "there is no such account")
    await wiring.staff.audit.note(admin, "invited", inviting.account, inviting.role)
    secret = await wiring.sessions.invite(Invitation(inviting.role, inviting.account))
    return {"token": secret, "path": f"/desk/login#{secret}", "seconds": LINK_SECONDS}


@changes.patch("/accounts/{name}")
async def change(wiring: Wired, admin: Admin, name: str, wanted: AccountChange) -> Json:
    """Give an account another role, or disable it; its sessions end. 409 for the last admin."""
    staff = wiring.staff
    if wanted.role is not None:
        await staff.accounts.set_role(name, wanted.role)
        await staff.audit.note(admin, "changed_role", name, wanted.role)
    if wanted.disabled is not None:
        await staff.accounts.set_disabled(name, wanted.disabled)
        await staff.audit.note(admin, "disabled" if wanted.disabled else "enabled", name)
    account = await staff.accounts.find(name)
    if account is None:
        raise HTTPException(404, "there is no such account")
    await wiring.sessions.end_all(account.name)
    return _shown(account)


@changes.delete("/accounts/{name}", status_code=204)
async def remove(wiring: Wired, admin: Admin, name: str) -> None:
    """Remove an account; its sessions end. 409 for the last admin."""
    account = await wiring.staff.accounts.find(name)
    if account is None:
        raise HTTPException(404, "there is no such account")
    await wiring.staff.accounts.remove(name)
    await wiring.sessions.end_all(account.name)
    await wiring.staff.audit.note(admin, "removed", account.name)


@router.get("/tokens")
async def tokens(wiring: Wired, admin: Admin) -> Json:
    """All tokens of programs, oldest first, without their secrets."""
    return {"tokens": [asdict(token) for token in await wiring.staff.tokens.all()]}


@changes.post("/tokens", status_code=201)
async def create_token(wiring: Wired, admin: Admin, wish: TokenWish) -> Json:
    """A new token; its secret is told this once."""
    secret, token = await wiring.staff.tokens.create(wish.name, wish.scopes, admin, wish.days)
    await wiring.staff.audit.note(admin, "made_token", token.id, " ".join(token.scopes))
    return {"secret": secret, "token": asdict(token)}


@changes.delete("/tokens/{name}", status_code=204)
async def revoke_token(wiring: Wired, admin: Admin, name: str) -> None:
    """End a token by its id, at once."""
    if not await wiring.staff.tokens.revoke(name):
        raise HTTPException(404, "there is no such token")
    await wiring.staff.audit.note(admin, "revoked_token", name)


@router.get("/audit")
async def audit(
    wiring: Wired,
    admin: Admin,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> Json:
    """Who did what, newest first; `before` is the number of the last entry that was seen."""
    return {"entries": [asdict(entry) for entry in await wiring.staff.audit.latest(limit, before)]}


@router.get("/audit/verify")
async def verify_audit(wiring: Wired, admin: Admin) -> Json:
    """Whether the log is as it was written; else the number of the first entry that is not."""
    broken = await wiring.staff.audit.broken()
    return {"whole": broken is None, "broken": broken}


def _shown(account: Account) -> Json:
    shown = asdict(account)
    return {key: shown[key] for key in ("name", "role", "created", "disabled")} | {"code": bool(account.secret)}
