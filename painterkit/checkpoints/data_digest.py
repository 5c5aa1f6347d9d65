"""What a run was trained on: told apart when the data have changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from painterkit.checkpoints.run_folder import RunFolder
from painterkit.data.conversation import Conversation
from painterkit.errors import Failure, Problem

FILE = "data.json"


def digest_of(conversations: Sequence[Conversation]) -> str:
    """Return the SHA-256 of what conversations say, about which picture, in their order."""
    digest = hashlib.sha256()
    for one in conversations:
        said = [one.id, one.captions, [turn.text for turn in one.turns], one.image]
        digest.update(json.dumps(said).encode())
    return digest.hexdigest()


def remember_data(run: RunFolder, splits: Mapping[str, Sequence[Conversation]]) -> None:
    """Write down what the splits of a run are. Raises Failure where it cannot be written."""
    found = {
        name: {"conversations": len(told), "sha256": digest_of(told)}
        for name, told in splits.items()
    }
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
    problems = [
        Problem(
            str(run.path),
            f"was trained on other data: its {name} split had "
            f"{known[name]['conversations']:,} conversations, now there are {len(told):,}, or they "
            "say something else",
            "bring back the data as they were, or train anew",
        )
        for name, told in splits.items()
        if name in known and known[name]["sha256"] != digest_of(told)
    ]
    if problems:
        raise Failure(problems)
