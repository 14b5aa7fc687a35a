"""The API of logging in and of one's own account. Knows no other account; `managing` does.

What is asked here is answered for every role. Each act is in the audit log.
"""

from dataclasses import asdict

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from bot.accounts.base import Account, LoginRefused, Role
from bot.accounts.totp import address_of
from bot.channels.web.account_schemas import Coding, Confirming, Login, PasswordChange, PasswordLogin
from bot.channels.web.agents import Present, intended
from bot.channels.web.schemas import Nothing
from bot.channels.web.sessions import LONGEST_SECONDS, Invitation, Session
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired, Wiring

router = APIRouter(prefix="/desk/api")
changes = APIRouter(prefix="/desk/api", dependencies=[Depends(intended)])


@changes.post("/login")
async def log_in(wiring: Wired, login: Login, response: Response) -> Json:
    """Use a one-time link up and begin a session; with a password, also make or renew an account.

    401: the link is used up or too old. 409: someone else has this name.
    """
    invitation = await wiring.sessions.invited(login.token)
    if invitation is None:
        raise HTTPException(401, "this link was used before or is too old: make a new one")
    name, role = await _who_comes(wiring, login, invitation)
    if await wiring.sessions.redeem(login.token) is None:
        raise HTTPException(401, "this link was used before or is too old: make a new one")
    if invitation.account:
        await wiring.staff.accounts.set_password(name, login.password)
        await wiring.sessions.end_all(name)
    elif login.password:
        await wiring.staff.accounts.create(name, role, login.password)
    return await _enter(wiring, response, name, role, "logged_in_by_link")


@changes.post("/session")
async def log_in_with_password(wiring: Wired, request: Request, login: PasswordLogin, response: Response) -> Json:
    """Begin a session with a password. 401 with `needs: "code"` asks for the second factor, 429 to wait."""
    address = request.client.host if request.client else ""
    try:
        account = await wiring.staff.accounts.log_in(login.name, login.password, login.code, address)
    except LoginRefused:
        await wiring.staff.audit.note(login.name, "login_refused")
        raise
    return await _enter(wiring, response, account.name, account.role, "logged_in")


@changes.post("/logout", status_code=204)
async def log_out(wiring: Wired, request: Request, session: Present, response: Response) -> None:
    """End the session."""
    await wiring.sessions.end(request.cookies[wiring.cookie])
    response.delete_cookie(wiring.cookie, path="/", secure=wiring.secure, httponly=True, samesite="strict")
    await wiring.staff.audit.note(session.agent, "logged_out")


@router.get("/me")
async def me(wiring: Wired, session: Present) -> Json:
    """Who is logged in, with which role, whether an account with a second factor stands behind it, and the `sites`
    (origins) that may show the chat: only to their pages does the desk link.
    """
    account = await wiring.staff.accounts.find(session.agent)
    return {
        "name": session.agent,
        "role": session.role,
        "session": session.id,
        "account": account is not None,
        "code": bool(account and account.secret),
        "sites": wiring.sites,
    }


@router.get("/sessions")
async def sessions(wiring: Wired, session: Present) -> Json:
    """One's own living sessions; an admin sees everyone's."""
    return {"sessions": [asdict(each) for each in await wiring.sessions.all() if _sees(session, each)]}


@changes.delete("/sessions/{name}", status_code=204)
async def end_session(wiring: Wired, session: Present, name: str) -> None:
    """End one of the sessions that one sees: its streams end within seconds. 404: there is none."""
    found = next((each for each in await wiring.sessions.all() if each.id == name and _sees(session, each)), None)
    if found is None or not await wiring.sessions.end_known(name):
        raise HTTPException(404, "there is no such session")
    await wiring.staff.audit.note(session.agent, "ended_session", found.agent, name)


@changes.post("/me/password", status_code=204)
async def change_password(wiring: Wired, session: Present, wanted: PasswordChange, response: Response) -> None:
    """Choose another password. All other sessions of the account end."""
    account = await _confirmed(wiring, session, wanted)
    await wiring.staff.accounts.set_password(account.name, wanted.new)
    await wiring.sessions.end_all(account.name)
    await _enter(wiring, response, account.name, account.role, "changed_password")


@changes.post("/me/code")
async def offer_code(wiring: Wired, session: Present, confirming: Confirming) -> Json:
    """The secret of a new second factor, to be put into an app. It counts once a code of it came back."""
    account = await _confirmed(wiring, session, confirming)
    secret = await wiring.staff.accounts.offer_code(account.name)
    return {"secret": secret, "address": address_of(secret, account.name)}


@changes.post("/me/code/confirm", status_code=204)
async def confirm_code(wiring: Wired, session: Present, coding: Coding) -> None:
    """Ask for the second factor from now on."""
    await wiring.staff.accounts.confirm_code(session.agent, coding.code)
    await wiring.staff.audit.note(session.agent, "added_code")


@changes.post("/me/code/end", status_code=204)
async def end_code(wiring: Wired, session: Present, confirming: Confirming) -> None:
    """Ask for no second factor any more."""
    account = await _confirmed(wiring, session, confirming)
    await wiring.staff.accounts.end_code(account.name)
    await wiring.staff.audit.note(session.agent, "removed_code")


@changes.post("/me/sessions/end", status_code=204)
async def end_all_sessions(wiring: Wired, session: Present, nothing: Nothing | None = None) -> None:
    """End all of one's sessions, this one too."""
    await wiring.sessions.end_all(session.agent)
    await wiring.staff.audit.note(session.agent, "ended_sessions", session.agent)


def _sees(session: Session, other: Session) -> bool:
    return session.agent == other.agent or session.role.reaches(Role.ADMIN)


async def _who_comes(wiring: Wiring, login: Login, invitation: Invitation) -> tuple[str, Role]:
    account = await wiring.staff.accounts.find(invitation.account or login.name)
    if not invitation.account:
        # Nobody borrows a name: a link does not open what a password protects.
        if account is not None:
            raise HTTPException(409, "this name has an account: log in with its password, or choose another name")
        return login.name, invitation.role
    if account is None or account.disabled:
        raise HTTPException(401, "this link was used before or is too old: make a new one")
    if not login.password:
        raise HTTPException(422, "password: choose a new one")
    return account.name, account.role


async def _confirmed(wiring: Wiring, session: Session, confirming: Confirming) -> Account:
    return await wiring.staff.accounts.log_in(session.agent, confirming.password, confirming.code)


async def _enter(wiring: Wiring, response: Response, name: str, role: Role, what: str) -> Json:
    await wiring.staff.audit.note(name, what, detail=role)
    secret = await wiring.sessions.begin(name, role)
    response.set_cookie(
        wiring.cookie,
        secret,
        max_age=int(LONGEST_SECONDS),
        path="/",
        secure=wiring.secure,
        httponly=True,
        samesite="strict",
    )
    return {"name": name, "role": role}
