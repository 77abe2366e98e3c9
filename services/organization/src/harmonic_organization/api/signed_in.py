"""Who is signed in here. Organization asks more of a token than the other services: its session must still run."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from harmonic_chassis.http import CallerDep, ChassisDep, bearer_of, unauthenticated
from harmonic_organization.application import refusals
from harmonic_organization.application.desk import Desk, desk_of
from harmonic_organization.store import accounts, sessions
from harmonic_organization.store.tables import ApiKey


@dataclass(frozen=True)
class SignedIn:
    """A user whose account is there and whose session, or API key, still holds."""

    user_id: str
    session_id: str | None
    """None: a program with an API key."""


@dataclass(frozen=True)
class Person:
    """A user who gave the password at the start of this session."""

    user_id: str
    session_id: str


def _desk(chassis: ChassisDep) -> Desk:
    return desk_of(chassis)


DeskDep = Annotated[Desk, Depends(_desk)]


async def _user(request: Request, caller: CallerDep, chassis: ChassisDep, desk: DeskDep) -> SignedIn:
    if caller.kind != "user":
        raise refusals.forbidden("Only users may do this: services have no account.")
    claims = await chassis.tokens.verify(bearer_of(request.headers.get("authorization")))
    async with desk.db.reading() as session:
        if await accounts.by_id(session, caller.user_id) is None:
            raise unauthenticated("The account is gone")
        if claims.sid and not await sessions.live(session, claims.sid, desk.now):
            raise unauthenticated("The session has ended")
        if claims.key and await session.get(ApiKey, claims.key) is None:
            raise unauthenticated("The API key is void")
    return SignedIn(caller.user_id, claims.sid)


UserDep = Annotated[SignedIn, Depends(_user)]


async def _person(user: UserDep) -> Person:
    if user.session_id is None:
        raise refusals.forbidden("An API key may not do this: sign in with the password.")
    return Person(user.user_id, user.session_id)


PersonDep = Annotated[Person, Depends(_person)]
"""Somebody who signed in with a password: for passwords, keys and the end of the account."""
