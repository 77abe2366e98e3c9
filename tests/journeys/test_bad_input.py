"""Bad input, through the front door: the right status, a problem that helps, nothing changed, nothing leaked."""

import asyncio
import contextlib
import copy
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harmonic_standalone.testing import PLATFORM, SMALL, Answer, EmbeddedPlatform, Player, signed_up

MEBIBYTE = 1024 * 1024
ORBITS: dict[str, Any] = {
    "name": "Two bodies",
    "system": "orbits",
    "spec": {
        "duration": 10.0,
        "frame_interval": 0.1,
        "bodies": [
            {"name": "star", "mass": 1.0},
            {"name": "planet", "mass": 1e-6, "elements": {"period": 3.0}},
        ],
    },
}


def _changed(document: dict[str, Any], path: list[str | int], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(document)
    place: Any = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return document


BAD_UNIVERSES = {
    "NaN": (_changed(ORBITS, ["spec", "duration"], float("nan")), "duration"),
    "infinite": (_changed(ORBITS, ["spec", "bodies", 0, "mass"], float("inf")), "mass"),
    "negative-mass": (_changed(ORBITS, ["spec", "bodies", 1, "mass"], -1.0), "mass"),
    "zero-bodies": (_changed(ORBITS, ["spec", "bodies"], []), "bodies"),
    "zero-particles": (_changed(SMALL, ["spec", "random"], []), "spec"),
    "1e9-bodies": (_changed(SMALL, ["spec", "random", 0, "count"], 10**9), "count"),
    "1e9-seconds": (_changed(SMALL, ["spec", "duration"], 1e9), "duration"),
    "unknown-system": (_changed(ORBITS, ["system"], "astrology"), "system"),
    "scenes": ({**SMALL, "scenes": [{"start": 0.0, "end": 1.0}]}, "scenes"),
}


def _is_problem(answer: Answer, status: int) -> dict[str, Any]:
    """The problem document of an answer, after what must hold of every one."""
    assert answer.status == status, answer.body[:500]
    assert answer.headers["content-type"].startswith("application/problem+json")
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["title"]
    for hint in (b"Traceback", b'File "', b"sqlalchemy", b"site-packages"):
        assert hint not in answer.body
    return document


async def _state(player: Player, platform: EmbeddedPlatform) -> tuple[bytes, int]:
    """What the user sees, and what there is to do."""
    listed = await player.ask("GET", "/v1/universes")
    mine = player.who.organization_id
    return listed.body, await platform.ledger.count("physics", "job", "organization_id = :id", id=mine)


@pytest.mark.parametrize("case", BAD_UNIVERSES)
async def test_an_impossible_universe_is_refused_with_its_field(case: str, embedded: EmbeddedPlatform) -> None:
    """The answer is 422 (400 for what is no JSON), names the field and the reason, and nothing has changed."""
    document, field = BAD_UNIVERSES[case]
    async with signed_up(embedded.url) as player:
        before = await _state(player, embedded)
        body = json.dumps(document).encode()
        answer = await player.ask("POST", "/v1/universes", data=body, headers={"Content-Type": "application/json"})
        problem = _is_problem(answer, 422)
        [error, *_] = [each for each in problem["errors"] if field in each["field"]]
        assert error["reason"]
        print(case, problem["errors"])
        numeric = {"negative-mass", "1e9-bodies", "1e9-seconds", "unknown-system", "NaN", "infinite", "zero-bodies"}
        assert error.get("allowed") or case not in numeric
        assert await _state(player, embedded) == before


async def test_malformed_json_is_said_to_be_so(embedded: EmbeddedPlatform) -> None:
    """A body that is no JSON is 400, or 422 with the place."""
    async with signed_up(embedded.url) as player:
        before = await _state(player, embedded)
        answer = await player.ask(
            "POST", "/v1/universes", data=b'{"preset": "trapp', headers={"Content-Type": "application/json"}
        )
        assert answer.status in (400, 422)
        assert _is_problem(answer, answer.status)
        assert await _state(player, embedded) == before


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
async def test_a_huge_body_is_refused_unread(embedded: EmbeddedPlatform, announced: bool) -> None:
    """100 MiB, announced or in chunks, is 413 long before the end, and is not held in memory."""
    async with signed_up(embedded.url) as player:
        before = _memory_peak(embedded.pid(PLATFORM))
        sent, answer = await asyncio.to_thread(_pour, player, announced)
        grown = _memory_peak(embedded.pid(PLATFORM)) - before
        print(f"{sent / MEBIBYTE:.0f} MiB sent, memory grew by {grown / MEBIBYTE:.0f} MiB")
        assert answer.startswith(b"HTTP/1.1 413 ")
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"application/problem+json" in head.lower()
        assert b" bytes" in body
        assert sent < 50 * MEBIBYTE
        assert grown < 30 * MEBIBYTE


def _pour(player: Player, announced: bool) -> tuple[int, bytes]:
    """Send 100 MiB while listening for the answer; the bytes that were sent, and the answer."""
    url = urlsplit(player.harmonic.gateway)
    block = b" " * MEBIBYTE if announced else b"%x\r\n%b\r\n" % (MEBIBYTE, b" " * MEBIBYTE)
    head = [
        "POST /v1/universes HTTP/1.1",
        f"Host: {url.netloc}",
        "Content-Type: application/json",
        f"Content-Length: {100 * MEBIBYTE}" if announced else "Transfer-Encoding: chunked",
        f"Authorization: Bearer {player.who.access_token}",
        "\r\n",
    ]
    with ThreadPoolExecutor(1) as pool, socket.create_connection((url.hostname, url.port), timeout=20) as wire:
        wire.sendall("\r\n".join(head).encode())
        answering = pool.submit(_answer, wire)
        sent = 0
        with contextlib.suppress(ConnectionError):
            while not answering.done() and sent < 100 * MEBIBYTE:
                wire.sendall(block)
                sent += MEBIBYTE
        return sent, answering.result(20)


def _answer(wire: socket.socket) -> bytes:
    """The whole response: the head, then as many bytes as it announces, in however many pieces they come."""
    answer = b""
    while piece := wire.recv(MEBIBYTE):
        answer += piece
        head, end, body = answer.partition(b"\r\n\r\n")
        if end and len(body) >= int(head.lower().partition(b"content-length:")[2].split()[0]):
            break
    return answer


def _memory_peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the kernel tells no peak of memory")


async def test_a_foreign_project_does_not_exist(embedded: EmbeddedPlatform) -> None:
    """A universe cannot be put into the project of a stranger, nor a stranger's universe be read or performed."""
    async with signed_up(embedded.url) as player, signed_up(embedded.url) as stranger:
        theirs = await stranger.universe(SMALL)
        before = await _state(player, embedded), await _state(stranger, embedded)
        body = {**SMALL, "project_id": stranger.who.project_id}
        _is_problem(await player.ask("POST", "/v1/universes", json=body), 404)
        _is_problem(await player.ask("GET", f"/v1/universes/{theirs.universe_id}"), 404)
        wanted = {"universe_id": theirs.universe_id}
        _is_problem(await player.ask("POST", "/v1/performances", json=wanted), 404)
        _is_problem(await player.ask("POST", "/v1/simulations", json=wanted), 404)
        assert (await _state(player, embedded), await _state(stranger, embedded)) == before


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "hk_live_nothing"])
async def test_a_wrong_token_is_refused(embedded: EmbeddedPlatform, token: str) -> None:
    """What is no token is 401, with the scheme that is asked for."""
    async with signed_up(embedded.url) as player:
        answer = await player.ask("GET", "/v1/universes", headers={"Authorization": f"Bearer {token}"}, signed=False)
        _is_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_an_expired_token_and_a_forged_one_are_refused(embedded: EmbeddedPlatform) -> None:
    """A token past its end is 401, although its signature is right; so is one whose claims were changed."""
    async with signed_up(embedded.url) as player:
        good = player.who.access_token
        old = embedded.signed({**_claims(good), "iat": 1_600_000_000, "exp": 1_600_000_600})
        fresh = embedded.signed(_claims(good))
        head, _, signature = good.split(".")
        forged = ".".join([head, embedded.signed({**_claims(good), "sub": "x"}).split(".")[1], signature])
        for token, status in ((good, 200), (fresh, 200), (old, 401), (forged, 401)):
            answer = await player.ask(
                "GET", "/v1/universes", headers={"Authorization": f"Bearer {token}"}, signed=False
            )
            assert answer.status == status


def _claims(token: str) -> dict[str, Any]:
    import base64

    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


async def test_a_stale_or_missing_if_match_changes_nothing(embedded: EmbeddedPlatform) -> None:
    """A document is replaced only by somebody who has seen its newest revision: 428 without If-Match, 412 if stale."""
    async with signed_up(embedded.url) as player:
        universe = await player.universe(SMALL)
        path = f"/v1/universes/{universe.universe_id}"
        renamed = {**SMALL, "name": "renamed"}
        assert (await player.ask("PUT", path, json=renamed, headers={"If-Match": '"1"'})).status == 200
        before = await _state(player, embedded)
        _is_problem(await player.ask("PUT", path, json=SMALL), 428)
        _is_problem(await player.ask("PUT", path, json=SMALL, headers={"If-Match": '"1"'}), 412)
        _is_problem(await player.ask("DELETE", path, headers={"If-Match": '"1"'}), 412)
        assert await _state(player, embedded) == before


async def test_an_idempotency_key_belongs_to_one_request(embedded: EmbeddedPlatform) -> None:
    """The same request with the same key is answered as before and done once; another body with the key is 422."""
    async with signed_up(embedded.url) as player:
        headers = {"Idempotency-Key": "the-key-of-this-test"}
        first = await player.ask("POST", "/v1/universes", json=SMALL, headers=headers)
        before = await _state(player, embedded)
        second = await player.ask("POST", "/v1/universes", json=SMALL, headers=headers)
        assert (first.status, second.status) == (201, 201)
        assert second.json() == first.json()
        other = await player.ask("POST", "/v1/universes", json={**SMALL, "name": "other"}, headers=headers)
        _is_problem(other, 422)
        assert await _state(player, embedded) == before


async def test_no_secret_is_in_any_log(embedded: EmbeddedPlatform) -> None:
    """Passwords, tokens, keys and the secrets of the house stand in no line that the platform writes."""
    async with signed_up(embedded.url) as player:
        key = await player.harmonic.auth.create_api_key("a key")
        assert key.api_key
        await player.ask("GET", "/v1/me", headers={"Authorization": f"Bearer {key.api_key}"}, signed=False)
        wrong = {"email": player.email, "password": "wrong-" + player.password}
        _is_problem(await player.ask("POST", "/v1/auth/login", json=wrong, signed=False), 401)
        _is_problem(await player.ask("POST", "/v1/auth/login", json={"password": player.password}, signed=False), 422)
        log = embedded.logs()
        secrets = embedded.data.secrets()
        told = [
            *(player.password, player.who.access_token, player.who.refresh_token, key.api_key),
            *(secrets.cursor_secret, secrets.key_secret, *secrets.service_secrets.values()),
            embedded.signing_key["d"],
        ]
        assert [each[:6] for each in told if each in log] == []
        assert "eyJ0eXAi" not in log, "a token of somebody is in the log"
        assert "Traceback" not in log
