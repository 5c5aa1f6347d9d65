"""The files in which a run keeps what was measured: each way of measuring has a name of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from painterkit.errors import Failure, Problem
from painterkit.interfaces.metric import MetricResult
from painterkit.setting_types import setting_fields
from painterkit.settings import Use
from painterkit.structure import unstructure

LONGEST = 150
"""Characters of a file's name that say what was not the default."""


@frozen
class Measured:
    """What a metric found, and what it was measured with.

    `checkpoint` is the name of the one that drew, None for a file that `export` wrote;
    `trained` tells whether it is the one at the end of the training.
    """

    metric: Use
    result: MetricResult
    noise_seed: int = 0
    checkpoint: str | None = None
    trained: bool = True


def result_facts(measured: Measured) -> dict[str, Any]:
    """Return a result as JSON has it, with the settings and the checkpoint it was measured with."""
    return {
        **asdict(measured.result),
        "settings": unstructure(measured.metric.settings),
        "checkpoint": measured.checkpoint,
    }


def result_file(measured: Measured) -> str:
    """Return the name of a result's file: the metric's, and whatever is not the default.

    As in `attribute-accuracy.json`, `attribute-accuracy-conversations=100-noise_seed=1.json`.
    """
    settings = measured.metric.settings
    plain = unstructure(settings)
    changed = {
        field.name: plain.get(field.name)
        for field in setting_fields(settings.__class__)
        if getattr(settings, field.name) != field.default
    }
    return f"{_name(measured.metric.name, changed, measured)}.json"


def picture_file(name: str, measured: Measured) -> str:
    """Return the name of a picture that was drawn beside a result; it has no settings.

    As in `sequences.png`, `sequences-noise_seed=1.png`.
    """
    return f"{_name(name, {}, measured)}.png"


def write_result(folder: Path, measured: Measured) -> Path:
    """Write a result as JSON into a folder, whole or not at all, and return the file.

    Raises Failure where it cannot be written.
    """
    file = folder / result_file(measured)
    partial = file.with_name(f".{file.name}.partial")
    text = json.dumps(result_facts(measured), indent=2) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(file)
    except OSError as error:
        raise Failure(Problem(str(file), f"cannot be written ({error})")) from error
    return file


def _name(name: str, settings: Mapping[str, Any], measured: Measured) -> str:
    """Return a name with whatever is not the default: of settings, the noise, the checkpoint."""
    changed = dict(settings)
    if measured.noise_seed:
        changed["noise_seed"] = measured.noise_seed
    if not measured.trained:
        changed["checkpoint"] = measured.checkpoint
    words = [name.replace(":", "-")]
    words += (
        [_safe("-".join(f"{key}={value}" for key, value in changed.items()))] if changed else []
    )
    return "-".join(words)


def _safe(words: str) -> str:
    """Return words that every file system takes; a digest tells apart what would be the same."""
    safe = re.sub(r"[^a-z0-9=._+-]+", "_", words.lower())[:LONGEST]
    return safe if safe == words else f"{safe}-{sha256(words.encode()).hexdigest()[:8]}"
