"""The Alembic environment that all services share. A service's ``migrations/env.py`` is two lines::

from harmonic_chassis.migrations.env import run
run()
"""

from alembic import context
from sqlalchemy import Connection


def run() -> None:
    """Run the migrations on the connection that ``harmonic_chassis.migrate`` opened."""
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("Migrations run by `harmonic db upgrade SERVICE`, not by the alembic command")
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("metadata"),
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
