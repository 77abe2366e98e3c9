"""Organizations: who belongs to one, in which role, and what that role may change."""
