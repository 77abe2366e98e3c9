"""What an organization may have under way: simulations and sweeps, by their estimated processor time."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_physics.store.tables import Simulation, Sweep


class OverBudget(Exception):
    """The organization has too much under way for this too."""


async def insist(session: AsyncSession, organization_id: str, wanted: float, allowed: float) -> None:
    """Raises OverBudget where what is under way and `wanted` seconds together are more than `allowed`. Whatever is
    small enough alone may always begin where nothing else is under way."""
    under_way = 0.0
    for table in (Simulation, Sweep):
        open_ = table.organization_id == organization_id, table.ended_at.is_(None)
        under_way += float(
            await session.scalar(select(func.coalesce(func.sum(table.cpu_seconds), 0.0)).where(*open_)) or 0
        )
    if under_way > 0 and under_way + wanted > allowed:
        raise OverBudget(
            f"your organization has {under_way:.3g} s of simulation under way and this needs about {wanted:.3g} s; "
            f"{allowed:g} s together are allowed: wait for some to end, or cancel them"
        )
