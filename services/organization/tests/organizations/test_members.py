"""Who may give, change and take roles."""

from itertools import product

import pytest

from harmonic_contracts.roles import Role
from harmonic_organization.organizations.members import ChangeRefused, Refusal, check_change, owners

MEMBERS = {"olga": Role.OWNER, "otto": Role.OWNER, "ada": Role.ADMIN, "eve": Role.EDITOR, "vic": Role.VIEWER}


def _refusal(
    actor: str, target: str, role: Role | None, members: dict[str, Role] = MEMBERS, personal: bool = False
) -> Refusal | None:
    try:
        check_change(members, actor=actor, target=target, role=role, personal=personal)
    except ChangeRefused as refused:
        return refused.refusal
    return None


@pytest.mark.parametrize(("actor", "target", "role"), list(product(MEMBERS, [*MEMBERS, "new"], [*Role, None])))
def test_every_change_by_every_role(actor: str, target: str, role: Role | None) -> None:
    """The table of the module's docstring, cell by cell, where there are two owners."""
    touches_owner = role is Role.OWNER or MEMBERS.get(target) is Role.OWNER
    may = {Role.OWNER: True, Role.ADMIN: not touches_owner}.get(MEMBERS[actor], False)
    leaves = actor == target and role is None
    assert (_refusal(actor, target, role) is None) == (may or leaves)


def test_the_last_owner_stays() -> None:
    """However it is tried, an organization keeps an owner; and always has had one after an allowed change."""
    alone = {"olga": Role.OWNER, "ada": Role.ADMIN}
    for role in (None, Role.ADMIN, Role.EDITOR, Role.VIEWER):
        assert _refusal("olga", "olga", role, alone) is Refusal.LAST_OWNER
    assert _refusal("olga", "ada", Role.OWNER, alone) is None
    for actor, target, role in product(MEMBERS, MEMBERS, [*Role, None]):
        if _refusal(actor, target, role) is None:
            after = {**MEMBERS, target: role} if role else {k: v for k, v in MEMBERS.items() if k != target}
            assert owners(after)


def test_a_personal_organization_keeps_its_owner() -> None:
    """Guests may come and go, the owner may not change."""
    home = {"olga": Role.OWNER, "eve": Role.EDITOR}
    assert _refusal("olga", "eve", Role.OWNER, home, personal=True) is Refusal.PERSONAL
    assert _refusal("olga", "olga", None, home, personal=True) is Refusal.PERSONAL
    assert _refusal("olga", "new", Role.EDITOR, home, personal=True) is None
    assert _refusal("eve", "eve", None, home, personal=True) is None
