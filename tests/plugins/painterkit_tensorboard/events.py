"""What TensorBoard itself reads in the folder of a run."""

from __future__ import annotations

from pathlib import Path

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def events_of(run: Path) -> EventAccumulator:
    """Read every event of a run; by default TensorBoard keeps some of them."""
    kinds = (event_accumulator.SCALARS, event_accumulator.TENSORS, event_accumulator.IMAGES)
    events = EventAccumulator(str(run / "tensorboard"), dict.fromkeys(kinds, 0))
    events.Reload()
    return events


def scalars_of(events: EventAccumulator) -> dict[str, dict[int, float]]:
    """Return the values of each scalar by its step; a step that came twice fails."""
    found: dict[str, dict[int, float]] = {}
    for tag in events.Tags()["scalars"]:
        steps = [one.step for one in events.Scalars(tag)]
        assert steps == sorted(set(steps)), tag
        found[tag] = {one.step: one.value for one in events.Scalars(tag)}
    return found


def notes_of(events: EventAccumulator) -> list[tuple[int, str]]:
    """Return the notes with their steps."""
    tag = "notes/text_summary"
    if tag not in events.Tags()["tensors"]:
        return []
    return [(one.step, one.tensor_proto.string_val[0].decode()) for one in events.Tensors(tag)]
