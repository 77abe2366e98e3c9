"""What goes when a user goes."""

from harmonic_contracts.roles import Role
from harmonic_organization.organizations.erasure import plan


def test_each_organization_goes_stays_or_stands_in_the_way() -> None:
    """Own and lonely ones go, shared ones are left, and those that would lose their last owner are named."""
    organizations = {
        "home": {"olga": Role.OWNER, "eve": Role.VIEWER},
        "lonely": {"olga": Role.ADMIN},
        "shared": {"olga": Role.OWNER, "otto": Role.OWNER},
        "guest": {"olga": Role.VIEWER, "otto": Role.OWNER},
        "needy": {"olga": Role.OWNER, "eve": Role.ADMIN},
    }
    erasure = plan("olga", organizations, "home")
    assert erasure.deleted == ["home", "lonely"]
    assert erasure.left == ["guest", "shared"]
    assert erasure.orphaned == ["needy"]
