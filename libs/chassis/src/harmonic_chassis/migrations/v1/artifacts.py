"""The first version of the chassis tables of the artifacts room."""


def upgrade() -> None:
    """Create them."""


def downgrade() -> None:
    """Drop them."""
