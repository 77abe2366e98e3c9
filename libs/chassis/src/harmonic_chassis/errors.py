"""Errors that the chassis itself understands when a handler or a job raises them."""


class DependencyDown(Exception):
    """Something that the work needs does not answer now. It is tried again later; this counts as no attempt."""

    def __init__(self, dependency: str, detail: str = "") -> None:
        super().__init__(f"{dependency} does not answer{': ' if detail else ''}{detail}")
        self.dependency = dependency
