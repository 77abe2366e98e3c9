"""The listening page and the documentation page: a few static files, nothing from any other host."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Request
from starlette.responses import Response

from harmonic_chassis.http import ProblemError
from harmonic_contracts import problems

router = APIRouter(include_in_schema=False)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
NAMES = frozenset({"index.html", "listen.js", "listen.css", "docs.html", "docs.js", "docs.css", "mark.svg"})


@cache
def _load(name: str) -> tuple[bytes, str]:
    body = files("harmonic_gateway").joinpath("page", name).read_bytes()
    return body, f'"{sha256(body).hexdigest()[:32]}"'


def _serve(request: Request, name: str) -> Response:
    if name not in NAMES:
        raise ProblemError(problems.NOT_FOUND)
    body, tag = _load(name)
    headers = {"etag": tag, "cache-control": "no-cache", "content-security-policy": POLICY}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPES[name.rsplit(".", 1)[1]], headers=headers)


@router.api_route("/", methods=["GET", "HEAD"])
async def listening_page(request: Request) -> Response:
    """Sign in, choose a universe, press play."""
    return _serve(request, "index.html")


@router.api_route("/docs", methods=["GET", "HEAD"])
async def documentation_page(request: Request) -> Response:
    """The API, from the merged document."""
    return _serve(request, "docs.html")


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
async def static_file(name: str, request: Request) -> Response:
    """A file of the pages."""
    return _serve(request, name)
