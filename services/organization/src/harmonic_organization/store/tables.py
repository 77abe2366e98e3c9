"""The tables: accounts, sessions, API keys, organizations, members, projects, signing keys and attempts.

No name is that of a chassis table in the same database (``membership`` and ``project`` are projections there).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harmonic_chassis import orm


class Base(DeclarativeBase):
    """The base of this service's tables."""

    metadata = orm.new_metadata()
    type_annotation_map = orm.TYPES


class Organization(Base):
    """Who owns universes and all that is made of them."""

    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    personal: Mapped[bool]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Project(Base):
    """A shelf of an organization."""

    __tablename__ = "organization_project"

    id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    organization_id: Mapped[str] = mapped_column(orm.Id, ForeignKey("organization.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Account(Base):
    """A person: one e-mail address, one password, one personal organization."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(256))
    personal_organization_id: Mapped[str] = mapped_column(orm.Id, ForeignKey("organization.id"))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Member(Base):
    """A user's role in an organization."""

    __tablename__ = "organization_member"

    organization_id: Mapped[str] = mapped_column(orm.Id, ForeignKey("organization.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(orm.Id, ForeignKey("account.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10))
    joined_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Session(Base):
    """A sign-in on one device, until it is ended or runs out: a family of refresh tokens."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(orm.Id, ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class RefreshToken(Base):
    """A refresh token, by its digest; ``used_at`` is set once and for ever."""

    __tablename__ = "refresh_token"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(orm.Id, ForeignKey("session.id"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiKey(Base):
    """An API key, by its digest; ``start`` is what stays readable of it."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(orm.Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(orm.Id, ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    start: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class SigningKey(Base):
    """A key that signs tokens: the public half in the clear, the private half locked. Numbers have no holes."""

    __tablename__ = "signing_key"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kid: Mapped[str] = mapped_column(String(64), unique=True)
    public: Mapped[str] = mapped_column(Text)
    locked: Mapped[str] = mapped_column(Text)
    signs_from: Mapped[datetime]


class Attempt(Base):
    """How often something was tried in the running window; the key is a digest."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[datetime]
    attempts: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
