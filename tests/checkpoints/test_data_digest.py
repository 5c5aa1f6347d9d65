"""Data that change after a training are noticed before they are trained on or measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from painterkit.checkpoints.data_digest import FILE, remember_data, require_same_data
from painterkit.checkpoints.run_folder import RunFolder, create_run, open_run
from painterkit.data.conversation import Conversation, Turn
from painterkit.errors import Failure

TOLD = [
    Conversation(id=f"c{number}", captions=("a face",), turns=(Turn("hair? red."),), image=number)
    for number in range(3)
]

KNOWN: list[dict[str, Any]] = [
    {"attributes": {"hair": "red"}},
    {"attributes": {"hair": None}},
    {"told_in": {"hair": 0}},
    {"class_id": 3},
    {"labels": (1,)},
    {"turns": (Turn("hair? red.", attribute="hair", value="red"),)},
]
"""What may be known of the first picture beside what is said."""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    found = open_run(create_run("name = 1", "some", tmp_path / "run", {}))
    remember_data(found, {"train": TOLD, "validation": TOLD[:1]})
    return found


def test_the_same_data_pass(run: RunFolder) -> None:
    require_same_data(run, {"train": list(TOLD), "validation": TOLD[:1]})
    require_same_data(run, {"validation": TOLD[:1]})


@pytest.mark.parametrize(
    "changed",
    [
        TOLD[:2],
        TOLD[::-1],
        [evolve(TOLD[0], captions=("another",)), *TOLD[1:]],
        [evolve(TOLD[0], turns=(Turn("hair? blue."),)), *TOLD[1:]],
        [evolve(TOLD[0], image=7), *TOLD[1:]],
        *([evolve(TOLD[0], **known), *TOLD[1:]] for known in KNOWN),
    ],
)
def test_other_data_are_refused(run: RunFolder, changed: list[Conversation]) -> None:
    with pytest.raises(Failure) as error:
        require_same_data(run, {"train": changed, "validation": TOLD[:1]})
    assert str(error.value) == (
        f"{run.path}   was trained on other data: its train split had 3 conversations, now there "
        f"are {len(changed)}, or they say something else; bring back the data as they were, or "
        "train anew"
    )


@pytest.mark.parametrize("known", KNOWN)
def test_a_run_of_before_the_facts_counted_is_compared_as_before(
    run: RunFolder, known: dict[str, Any]
) -> None:
    # The digest of these conversations as it was written then.
    digest = "2d953b9b5ccaa9ba717864224d0a52bbc6d0844f59ecd00807fe0641bff4c277"
    (run.path / FILE).write_text(json.dumps({"train": {"conversations": 3, "sha256": digest}}))
    require_same_data(run, {"train": [evolve(TOLD[0], **known), *TOLD[1:]]})
    with pytest.raises(Failure, match="was trained on other data"):
        require_same_data(run, {"train": [evolve(TOLD[0], captions=("other",)), *TOLD[1:]]})


def test_the_order_in_which_attributes_are_listed_does_not_count(run: RunFolder) -> None:
    listed = {"hair": "red", "hat": "none"}
    one, other = (
        [evolve(TOLD[0], attributes=dict(pairs))]
        for pairs in (listed.items(), [*listed.items()][::-1])
    )
    remember_data(run, {"train": one})
    require_same_data(run, {"train": other})


def test_a_run_that_has_not_written_them_down_is_believed(run: RunFolder) -> None:
    (run.path / FILE).unlink()
    require_same_data(run, {"train": TOLD[:1]})


def test_a_broken_file_is_told(run: RunFolder) -> None:
    (run.path / FILE).write_text("{")
    with pytest.raises(Failure, match=r"data\.json   cannot be read"):
        require_same_data(run, {"train": TOLD})
