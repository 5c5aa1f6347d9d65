"""What a run was trained on: told apart when the data have changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from painterkit.checkpoints.run_folder import RunFolder
from painterkit.data.conversation import Conversation
from painterkit.errors import Failure, Problem

FILE = "data.json"

VERSION = 2
"""Counted up when more of a conversation counts: a run is compared as when it was made."""


def digest_of(conversations: Sequence[Conversation], version: int = VERSION) -> str:
    """Return the SHA-256 of what conversations say, about which picture, in their order.

    Since version 2 what is known of the picture counts too: its attributes, who told them, its
    class and labels.
    """
    digest = hashlib.sha256()
    for one in conversations:
        said: list[Any] = [one.id, one.captions, [turn.text for turn in one.turns], one.image]
        if version >= 2:
            said += [
                [(turn.attribute, turn.value) for turn in one.turns],
                sorted(one.attributes.items()),
                sorted(one.told_in.items()),
                one.class_id,
                one.labels,
                one.says,
            ]
        digest.update(json.dumps(said).encode())
    return digest.hexdigest()


def remember_data(run: RunFolder, splits: Mapping[str, Sequence[Conversation]]) -> None:
    """Write down what the splits of a run are. Raises Failure where it cannot be written."""
    digests = {
        name: {"conversations": len(told), "sha256": digest_of(told)}
        for name, told in splits.items()
    }
    found = {"version": VERSION, **digests}
    try:
        (run.path / FILE).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise Failure(Problem(str(run.path / FILE), f"cannot be written ({error})")) from error


def require_same_data(run: RunFolder, splits: Mapping[str, Sequence[Conversation]]) -> None:
    """Raise Failure where a split is not what the run was trained with.

    Conversations may have moved between the splits: pictures that were trained on would be
    measured as held out. A run of before this was written down is believed.
    """
    try:
        known = json.loads((run.path / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise Failure(Problem(str(run.path / FILE), f"cannot be read ({error})")) from error
    version = known.get("version", 1)
    problems = [
        Problem(
            str(run.path),
            f"was trained on other data: its {name} split had "
            f"{known[name]['conversations']:,} conversations, now there are {len(told):,}, or they "
            "say something else",
            "bring back the data as they were, or train anew",
        )
        for name, told in splits.items()
        if name in known and known[name]["sha256"] != digest_of(told, version)
    ]
    if problems:
        raise Failure(problems)
