"""Tables and queries of the physics service."""
