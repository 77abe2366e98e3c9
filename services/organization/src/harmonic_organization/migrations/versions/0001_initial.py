"""Accounts, sessions, API keys, organizations, members, projects, signing keys and attempts; the chassis tables."""

import sqlalchemy as sa
from alembic import op

from harmonic_chassis.migrations import chassis_v1_downgrade, chassis_v1_upgrade
from harmonic_chassis.orm import Id, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    chassis_v1_upgrade()
    _organizations()
    _accounts()
    _sessions()
    _keys()


def _organizations() -> None:
    op.create_table(
        "organization",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organization"),
    )
    op.create_table(
        "organization_project",
        sa.Column("id", Id, nullable=False),
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organization_project"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_organization_project_organization_id"
        ),
    )
    op.create_index("ix_organization_project_organization_id", "organization_project", ["organization_id"])


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", Id, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("personal_organization_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("email", name="uq_account_email"),
        sa.ForeignKeyConstraint(
            ["personal_organization_id"], ["organization.id"], name="fk_account_personal_organization_id"
        ),
    )
    op.create_table(
        "organization_member",
        sa.Column("organization_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "user_id", name="pk_organization_member"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name="fk_organization_member_organization_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name="fk_organization_member_user_id"),
    )
    op.create_index("ix_organization_member_user_id", "organization_member", ["user_id"])


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name="fk_session_user_id"),
    )
    op.create_index("ix_session_user_id", "session", ["user_id"])
    op.create_index("ix_session_expires_at", "session", ["expires_at"])
    op.create_table(
        "refresh_token",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("digest", name="pk_refresh_token"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_refresh_token_session_id"),
    )
    op.create_index("ix_refresh_token_session_id", "refresh_token", ["session_id"])
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempt"),
    )
    op.create_index("ix_attempt_expires_at", "attempt", ["expires_at"])


def _keys() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("start", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("used_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name="fk_api_key_user_id"),
    )
    op.create_index("ix_api_key_user_id", "api_key", ["user_id"])
    op.create_table(
        "signing_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("locked", sa.Text(), nullable=False),
        sa.Column("signs_from", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_signing_key"),
        sa.UniqueConstraint("kid", name="uq_signing_key_kid"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("signing_key", "api_key", "attempt", "refresh_token", "session", "organization_member", "account"):
        op.drop_table(table)
    op.drop_table("organization_project")
    op.drop_table("organization")
    chassis_v1_downgrade()
