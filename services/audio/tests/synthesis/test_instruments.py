"""Instruments are data: named, validated, and patched by a voice."""

import pytest

from harmonic_audio.synthesis.instruments import INSTRUMENTS, Instrument, instrument_of
from harmonic_contracts.score import Voice


def test_every_instrument_survives_its_own_json() -> None:
    """The catalogue is data: written and read again, each instrument is the same."""
    for name, instrument in INSTRUMENTS.items():
        assert instrument.name == name
        assert Instrument.model_validate_json(instrument.model_dump_json()) == instrument


def test_a_patch_changes_the_named_fields_alone() -> None:
    """A slower pad that is dry is still the pad in all else, and the catalogue keeps its own."""
    slow = instrument_of(Voice(name="v", instrument="pad", patch={"attack_s": 3.0, "reverb_send": 0.0}))
    assert (slow.model.attack_s, slow.reverb_send) == (3.0, 0.0)
    assert slow.model == INSTRUMENTS["pad"].model.model_copy(update={"attack_s": 3.0})
    assert INSTRUMENTS["pad"].reverb_send == 1.0


def test_a_patch_of_another_kind_is_another_model() -> None:
    """With `kind` the model is told anew."""
    patch = {"kind": "struck", "ratios": [1.0, 2.5], "amplitudes": [1.0, 0.5]}
    assert instrument_of(Voice(name="v", instrument="pad", patch=patch)).family == "struck"


@pytest.mark.parametrize(
    ("patch", "told"),
    [
        ({"atack_s": 1.0}, "attack_s"),
        ({"attack_s": -1.0}, "greater than or equal to 0"),
        ({"ratios": [1.0, 2.0]}, "2 ratios need as many amplitudes"),
        ({"kind": "kazoo"}, "struck"),
    ],
)
def test_a_patch_that_does_not_fit_is_refused_with_the_reason(patch: dict[str, object], told: str) -> None:
    """The message names the instrument and what is wrong."""
    with pytest.raises(ValueError, match="the patch of 'pad' does not fit") as refused:
        instrument_of(Voice(name="v", instrument="pad", patch=patch))
    assert told in str(refused.value)
