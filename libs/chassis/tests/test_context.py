"""Promises of a context in a job's row: workers of the release before read it, and this code reads that of the next."""

from dataclasses import replace

from harmonic_chassis.context import MessageContext, fresh

RELEASE_1 = {"organization_id", "actor_id", "correlation_id", "causation_id", "traceparent", "request_id"}


def test_a_context_is_written_as_the_first_release_reads_it() -> None:
    """Exactly its fields, also the empty ones, whoever the owner is: that has a column of its own."""
    assert set(fresh().stored()) == set(replace(fresh(), owner_id="u").stored()) == RELEASE_1


def test_a_context_is_read_as_it_was_written() -> None:
    """Nothing is lost on the way through a job's row."""
    for context in (fresh(), replace(fresh(organization_id="o", actor_id="a", request_id="r"), owner_id="u")):
        assert MessageContext.restored(context.stored(), context.owner_id) == context


def test_a_field_of_newer_code_is_overlooked() -> None:
    """While releases run side by side, a job of a newer one is taken all the same."""
    context = fresh()
    assert MessageContext.restored({**context.stored(), "tenant_region": "eu"}, None) == context
