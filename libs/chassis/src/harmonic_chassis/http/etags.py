"""Optimistic concurrency of documents: a revision is a strong ETag, and a change names the one it read (RFC 9110)."""

from starlette.requests import Request

from harmonic_chassis.http.problem_documents import ProblemError
from harmonic_contracts import problems


def etag(revision: int | str) -> str:
    """The strong ETag of a revision."""
    return f'"{revision}"'


def require_match(request: Request, revision: int | str) -> None:
    """Go on only when If-Match names this revision: 428 without the header, 412 when the document has moved on."""
    header = request.headers.get("if-match")
    if header is None:
        raise ProblemError(
            problems.PRECONDITION_REQUIRED,
            detail=f"The ETag is now {etag(revision)}; read the document, then change it",
        )
    if header.strip() != "*" and etag(revision) not in entity_tags(header):
        raise ProblemError(
            problems.STALE, detail=f"The ETag is now {etag(revision)}; read it again", headers={"ETag": etag(revision)}
        )


def not_modified(request: Request, tag: str) -> bool:
    """Whether If-None-Match says that the client has this already (weak comparison)."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    return header.strip() == "*" or tag in {each.removeprefix("W/") for each in entity_tags(header)}


def entity_tags(header: str) -> set[str]:
    """The entity tags of a list header; a weak one keeps its mark and so never matches strongly."""
    return {each.strip() for each in header.split(",") if each.strip()}
