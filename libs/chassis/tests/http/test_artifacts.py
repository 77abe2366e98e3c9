"""Artifacts over HTTP: whole or by range, for ever the same, for those whom a grant lets in."""

import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House
from harmonic_contracts.artifacts import ArtifactRef

pytestmark = pytest.mark.asyncio(loop_scope="module")
DATA = bytes(range(256)) * 40


async def kept(
    house: House, *, public: bool = False, data: bytes = DATA, organization_id: str | None = None
) -> ArtifactRef:
    ref = await house.chassis.artifacts.put_bytes(data, "audio/wav")
    async with house.chassis.db.transaction() as uow:
        await uow.keep(
            ref, holder=f"note/{new_id()}", organization_id=organization_id or house.organization_id, public=public
        )
    return ref


async def test_gives_the_whole_with_a_strong_etag(house: House) -> None:
    """The ETag is the digest; who has it is answered 304; HEAD tells all but the bytes."""
    ref = await kept(house)
    path = f"/v1/artifacts/{ref.sha256}"
    whole = await house.client.get(f"{path}?filename=Ü%22%0a/x.wav", headers=house.auth())
    assert (whole.status_code, whole.content) == (200, DATA)
    assert whole.headers["etag"] == f'"{ref.sha256}"' and whole.headers["content-type"] == "audio/wav"
    assert whole.headers["content-disposition"].startswith('attachment; filename="___')
    assert "immutable" in whole.headers["cache-control"]
    head = await house.client.head(path, headers=house.auth())
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(DATA)), b"")
    same = await house.client.get(path, headers=house.auth() | {"If-None-Match": whole.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, len(DATA)),
        ("bytes=-5", len(DATA) - 5, len(DATA)),
        ("bytes=10-99999999", 10, len(DATA)),
        ("bytes=-99999999", 0, len(DATA)),
    ],
)
async def test_gives_a_range(house: House, header: str, start: int, end: int) -> None:
    """A range is answered with exactly its bytes and its place."""
    ref = await kept(house)
    answer = await house.client.get(f"/v1/artifacts/{ref.sha256}", headers=house.auth() | {"Range": header})
    assert (answer.status_code, answer.content) == (206, DATA[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(DATA)}"


@pytest.mark.parametrize("header", ["bytes=5-2", "pages=1-2", "bytes=0-1,4-5", "bytes=-", "bytes=a-b"])
async def test_ignores_ranges_that_mean_nothing(house: House, header: str) -> None:
    """An invalid range, another unit or several ranges give the whole, as RFC 9110 allows."""
    ref = await kept(house)
    answer = await house.client.get(f"/v1/artifacts/{ref.sha256}", headers=house.auth() | {"Range": header})
    assert (answer.status_code, answer.content) == (200, DATA)


async def test_a_range_outside_is_416_and_if_range_guards(house: House) -> None:
    """Past the end is refused with the size; a stale If-Range gives the whole."""
    ref = await kept(house)
    path = f"/v1/artifacts/{ref.sha256}"
    outside = await house.client.get(path, headers=house.auth() | {"Range": f"bytes={len(DATA)}-"})
    assert (outside.status_code, outside.headers["content-range"]) == (416, f"bytes */{len(DATA)}")
    stale = await house.client.get(path, headers=house.auth() | {"Range": "bytes=0-1", "If-Range": '"old"'})
    fresh = await house.client.get(path, headers=house.auth() | {"Range": "bytes=0-1", "If-Range": f'"{ref.sha256}"'})
    assert (stale.status_code, fresh.status_code) == (200, 206)


async def test_only_those_with_a_grant_may_read(house: House) -> None:
    """Another organization is answered 404, for a private artifact; a public one anybody signed in may read."""
    private, public = await kept(house, data=b"private"), await kept(house, public=True, data=b"public")
    stranger = house.auth(organization_id=new_id(), user_id=new_id())
    assert (await house.client.get(f"/v1/artifacts/{private.sha256}", headers=stranger)).status_code == 404
    assert (await house.client.get(f"/v1/artifacts/{public.sha256}", headers=stranger)).status_code == 200
    assert (await house.client.get(f"/v1/artifacts/{public.sha256}")).status_code == 401
    assert (await house.client.get(f"/v1/artifacts/{'0' * 64}", headers=house.auth())).status_code == 404
    assert (await house.client.get("/v1/artifacts/etc", headers=house.auth())).status_code == 422


async def test_services_read_by_the_organization_of_their_token(house: House) -> None:
    """A service token opens what its organization may read, and nothing else."""
    ref = await kept(house, data=b"for services")
    path = f"/v1/artifacts/{ref.sha256}"
    right = house.service_auth("export", house.organization_id, house.user_id)
    wrong = house.service_auth("export", new_id())
    assert (await house.client.get(path, headers=right)).content == b"for services"
    assert (await house.client.get(path, headers=wrong)).status_code == 404
