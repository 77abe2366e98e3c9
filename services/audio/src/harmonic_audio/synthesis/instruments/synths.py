"""Synthesizers: waveforms through filters, operators that modulate one another, noise and clouds of grains."""

from typing import Final

from harmonic_audio.synthesis.audification import Audification
from harmonic_audio.synthesis.granular import Granular
from harmonic_audio.synthesis.instruments.instrument import Instrument
from harmonic_audio.synthesis.lfo import Lfo
from harmonic_audio.synthesis.noise_voice import NoiseVoice
from harmonic_audio.synthesis.phase_modulation import Link, Operator, PhaseModulation
from harmonic_audio.synthesis.resonances import Resonance
from harmonic_audio.synthesis.subtractive import Subtractive

# The vowel "a" of a soprano: Csound manual, appendix of formant values.
_VOWEL: Final = tuple(
    Resonance(hz=hz, width_hz=width, gain_db=gain)
    for hz, width, gain in (
        (800.0, 80.0, 0.0),
        (1150.0, 90.0, -6.0),
        (2900.0, 120.0, -32.0),
        (3900.0, 130.0, -20.0),
        (4950.0, 140.0, -50.0),
    )
)

SYNTHS: Final = (
    Instrument(
        name="lead",
        description="Saw and square through a filter that opens: to the front",
        model=Subtractive(
            level_db=-3.5,
            waveform="saw",
            second="square",
            waveform_mix=0.3,
            unison=2,
            unison_cents=9.0,
            cutoff_hz=2600.0,
            resonance=0.3,
            steep=True,
            cutoff_cents=1000.0,
            cutoff_decay_s=0.4,
            vibrato_depth_cents=9.0,
            attack_s=0.008,
            sustain=0.9,
            release_s=0.12,
        ),
        program=81,
        reverb_send=0.7,
    ),
    Instrument(
        name="warm_pad",
        description="Many slow saws under a dark, breathing filter",
        model=Subtractive(
            level_db=-4.0,
            unison=5,
            unison_cents=22.0,
            cutoff_hz=1100.0,
            resonance=0.15,
            steep=True,
            lfos=(Lfo(target="cutoff", rate_hz=0.13, depth=700.0), Lfo(target="pan", rate_hz=0.09, depth=0.25)),
            attack_s=0.7,
            sustain=0.85,
            decay_s=1.2,
            release_s=1.5,
        ),
        program=89,
    ),
    Instrument(
        name="synth_bass",
        description="Pulse and an octave below, plucked by its filter",
        model=Subtractive(
            level_db=-8.5,
            waveform="pulse",
            pulse_width=0.35,
            pulse_swing=0.1,
            sub=0.6,
            cutoff_hz=650.0,
            resonance=0.35,
            steep=True,
            cutoff_cents=2600.0,
            cutoff_attack_s=0.004,
            cutoff_decay_s=0.18,
            attack_s=0.005,
            decay_s=0.5,
            sustain=0.7,
            release_s=0.1,
        ),
        program=38,
        reverb_send=0.2,
    ),
    Instrument(
        name="brass",
        description="Brass section: the louder, the brighter",
        model=Subtractive(
            level_db=-4.0,
            unison=3,
            unison_cents=10.0,
            cutoff_hz=1500.0,
            resonance=0.12,
            key_follow=0.8,
            cutoff_cents=1500.0,
            cutoff_attack_s=0.09,
            cutoff_decay_s=0.9,
            vibrato_depth_cents=6.0,
            attack_s=0.06,
            decay_s=0.5,
            sustain=0.85,
            release_s=0.14,
        ),
        program=61,
    ),
    Instrument(
        name="voice",
        description="A sung vowel: fixed formants, whatever the pitch",
        model=Subtractive(
            level_db=7.5,
            unison=3,
            unison_cents=14.0,
            breath=0.02,
            cutoff_hz=6000.0,
            resonance=0.0,
            body=_VOWEL,
            vibrato_depth_cents=22.0,
            vibrato_delay_s=0.3,
            attack_s=0.18,
            decay_s=0.5,
            sustain=0.9,
            release_s=0.35,
        ),
        program=53,
    ),
    Instrument(
        name="electric_piano",
        description="Tine and tone bar, bell-like when struck hard",
        model=PhaseModulation(
            level_db=-3.0,
            operators=(
                Operator(heard=1.0, decay_s=1.4, sustain=0.0),
                Operator(ratio=14.0, decay_s=0.09, sustain=0.0),
                Operator(heard=0.7, detune_cents=3.0, decay_s=1.8, sustain=0.0),
                Operator(ratio=1.0, decay_s=0.8, sustain=0.15),
            ),
            links=(Link(source=1, to=0, index=0.7), Link(source=3, to=2, index=1.2)),
            tremolo_depth=0.12,
            attack_s=0.002,
            release_s=0.25,
        ),
        program=4,
        reverb_send=0.6,
    ),
    Instrument(
        name="fm_bell",
        description="Two pairs of operators at inharmonic ratios: metal that glitters",
        model=PhaseModulation(
            level_db=-4.0,
            operators=(
                Operator(heard=1.0, decay_s=2.2, sustain=0.0),
                Operator(ratio=3.5, decay_s=1.6, sustain=0.0),
                Operator(ratio=2.0, heard=0.35, decay_s=1.2, sustain=0.0),
                Operator(ratio=7.07, decay_s=0.7, sustain=0.0),
            ),
            links=(Link(source=1, to=0, index=2.2), Link(source=3, to=2, index=1.4)),
            attack_s=0.002,
            release_s=0.9,
        ),
        program=98,
    ),
    Instrument(
        name="wind",
        description="A band of noise that rises and falls in gusts round the pitch",
        model=NoiseVoice(
            level_db=-4.5,
            colour="white",
            harmonicity=0.45,
            lfos=(
                Lfo(target="cutoff", shape="sample_and_hold", rate_hz=0.7, depth=300.0),
                Lfo(target="loudness", rate_hz=0.23, depth=0.5),
            ),
            attack_s=0.8,
            release_s=1.2,
        ),
        program=122,
    ),
    Instrument(
        name="whistle",
        description="Noise in so narrow a band that it has a pitch",
        model=NoiseVoice(level_db=-7.5, colour="white", harmonicity=0.9, attack_s=0.06, release_s=0.2),
        program=78,
    ),
    Instrument(
        name="noise",
        description="Pink noise; brightness opens it",
        model=NoiseVoice(level_db=-6.5, colour="pink", tuned=False, attack_s=0.02, release_s=0.1),
        program=122,
        reverb_send=0.5,
    ),
    Instrument(
        name="cloud",
        description="A swarm of short grains round the pitch",
        model=Granular(
            level_db=-6.5,
            waveform="triangle",
            grain_s=0.12,
            density_hz=28.0,
            pitch_cents=9.0,
            attack_s=0.3,
            release_s=0.8,
        ),
        program=101,
    ),
    Instrument(
        name="audification",
        description="An observable itself as sound; needs the voice's waveform",
        model=Audification(level_db=-7.0, attack_s=0.01, release_s=0.05),
        program=97,
        reverb_send=0.3,
    ),
)
