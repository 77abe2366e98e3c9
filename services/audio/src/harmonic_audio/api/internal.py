"""For the other services alone: probes."""

import base64
import binascii

from fastapi import APIRouter, Response

from harmonic_audio.api.views import ProbeInput
from harmonic_audio.probe import Probes
from harmonic_audio.settings import AudioSettings
from harmonic_chassis.http import Caller, ChassisDep, ServiceCallerDep, refused
from harmonic_chassis.service import Chassis

router = APIRouter(prefix="/internal", include_in_schema=False)


@router.post("/probe")
async def probe(body: ProbeInput, caller: ServiceCallerDep, chassis: ChassisDep) -> Response:
    """The score of a trajectory through a soundscape, and its descriptors. Nothing is stored."""
    settings = chassis.settings
    assert isinstance(settings, AudioSettings)
    if (body.trajectory is None) == (body.trajectory_base64 is None):
        raise refused("body", "give either trajectory_base64 or trajectory")
    if body.trajectory_base64 is not None:
        trajectory = _decoded(body.trajectory_base64, settings.probe_bytes)
        return Response(await _probes(chassis).listen(body.soundscape, trajectory), media_type="application/json")
    return Response(await _fetched(body, caller, chassis, settings.probe_bytes), media_type="application/json")


async def _fetched(body: ProbeInput, caller: Caller, chassis: Chassis, most: int) -> bytes:
    ref = body.trajectory
    assert ref is not None
    if ref.producer != "physics":
        raise refused("body.trajectory.producer", f"{ref.producer} makes no trajectories", "physics")
    if ref.size_bytes > most:
        raise refused("body.trajectory.size_bytes", "is too large for a probe", f"at most {most}")
    acting_for = None if caller.user_id.startswith("service:") else caller.user_id
    try:
        path = await chassis.artifacts.fetch(
            ref, organization_id=body.organization_id or caller.organization_id, on_behalf_of=acting_for
        )
    except LookupError:
        raise refused("body.trajectory", "is not there, or may not be read") from None
    return await _probes(chassis).listen(body.soundscape, path)


def _decoded(text: str, most: int) -> bytes:
    if len(text) > most * 4 // 3 + 4:
        raise refused("body.trajectory_base64", "is too large for a probe", f"at most {most} bytes")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise refused("body.trajectory_base64", "is not base64") from None


def _probes(chassis: Chassis) -> Probes:
    settings = chassis.settings
    assert isinstance(settings, AudioSettings)
    found = chassis.state.setdefault("probes", Probes(settings.probe_cache, settings.probe_events))
    assert isinstance(found, Probes)
    return found
