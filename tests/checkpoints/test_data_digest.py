"""Data that change after a training are noticed before they are trained on or measured."""

from __future__ import annotations

from pathlib import Path

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


def test_a_run_that_has_not_written_them_down_is_believed(run: RunFolder) -> None:
    (run.path / FILE).unlink()
    require_same_data(run, {"train": TOLD[:1]})


def test_a_broken_file_is_told(run: RunFolder) -> None:
    (run.path / FILE).write_text("{")
    with pytest.raises(Failure, match=r"data\.json   cannot be read"):
        require_same_data(run, {"train": TOLD})
