"""A score while tones are added to it that are no music and no data."""

from dataclasses import dataclass, field

from harmonic_contracts.score import LegendEntry, Note, Score, Voice


@dataclass
class Marked:
    """A score while marks are added to it."""

    score: Score
    voices: list[Voice]
    notes: list[Note] = field(default_factory=list)
    entries: list[LegendEntry] = field(default_factory=list)

    def voice(self, name: str, instrument: str, gain_db: float = 0.0) -> int:
        """The index of the voice of that name, made where it is not there."""
        taken = [voice.name for voice in self.voices]
        if name not in taken:
            self.voices.append(Voice(name=name, instrument=instrument, gain_db=gain_db))
        return taken.index(name) if name in taken else len(taken)

    def done(self) -> Score:
        """The score with the marks' notes and lines."""
        legend = [*self.score.legend_entries, *self.entries]
        notes = sorted([*self.score.notes, *self.notes], key=lambda n: (n.onset_s, n.voice, n.frequency_hz))
        told = {"legend_entries": legend, "legend": [line.text for line in legend]}
        return self.score.model_copy(update={"voices": self.voices, "notes": notes, **told})
