"""The legend and the table of notes, as clients get them."""

import csv
import io

from harmonic_audio.testing.studio import Studio
from harmonic_contracts.score import Score


async def test_every_note_is_served_with_its_cause(studio: Studio, trajectory: bytes) -> None:
    """Page by page as JSON and whole as CSV (by Accept or by format), the same notes as the score's; the legend has an
    entry a line."""
    universe = await studio.universe()
    simulation = await studio.simulated(universe, trajectory)
    await studio.shorten(universe)
    client, auth = studio.house.client, studio.house.auth()
    asked = {"simulation_id": simulation.simulation_id}
    made = (await client.post("/v1/renderings", json=asked, headers=auth)).json()
    path = f"/v1/renderings/{made['rendering_id']}"
    assert (await client.get(f"{path}/notes", headers=auth)).status_code == 409
    await studio.house.drain()
    score = Score.model_validate_json((await client.get(f"{path}/score", headers=auth)).content)

    found, cursor = [], ""
    while cursor is not None:
        page = (await client.get(f"{path}/notes?limit=40{cursor and '&cursor=' + cursor}", headers=auth)).json()
        found += page["items"]
        cursor = page["next"]
    assert [row["number"] for row in found] == list(range(1, len(score.notes) + 1))
    assert [row["onset_s"] for row in found] == [note.onset_s for note in score.notes]
    assert found[0]["cause"] == "transit" and found[0]["universe_time_unit"] == "d" and found[0]["bodies"]

    by_format = await client.get(f"{path}/notes?format=csv", headers=auth)
    by_accept = await client.get(f"{path}/notes", headers={**auth, "Accept": "text/csv"})
    assert by_format.text == by_accept.text and by_accept.headers["content-type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(by_format.text)))
    assert [float(row["frequency_hz"]) for row in table] == [note.frequency_hz for note in score.notes]
    assert [row["bodies"].split(";")[0] for row in table] == [row["bodies"][0] for row in found]

    legend = (await client.get(f"{path}/legend", headers=auth)).json()
    assert [entry["text"] for entry in legend["entries"]] == legend["lines"] == score.legend
