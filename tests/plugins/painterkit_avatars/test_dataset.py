from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from painterkit.errors import Failure
from painterkit.interfaces.context import BuildContext
from painterkit_avatars.attributes import ATTRIBUTES
from painterkit_avatars.dataset import Avatars, build
from painterkit_avatars.drawing import draw
from painterkit_avatars.settings import AvatarsSettings

FEW = AvatarsSettings(resolution=32, train=100, validation=30)


def no_slot(*_: object) -> None:
    raise AssertionError("the data set has no slots")


def small(tmp_path: Path, settings: AvatarsSettings = FEW) -> Avatars:
    return build(settings, BuildContext(build_slot=no_slot, cache=tmp_path))


def test_pictures_are_drawn_once_and_report_their_progress(tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    dataset = small(tmp_path)
    pictures = dataset.images("train", lambda done, total: reports.append((done, total)))
    assert reports == [(64, 100), (100, 100)]
    assert pictures.shape == (100, 32, 32, 3)
    assert pictures.dtype == np.uint8
    assert isinstance(pictures, np.memmap)
    [file] = tmp_path.iterdir()
    assert file.stat().st_size == dataset.prepared_bytes("train")
    again = small(tmp_path).images("train", lambda done, total: reports.append((done, total)))
    np.testing.assert_array_equal(again, pictures)
    assert len(reports) == 2, "the pictures were drawn again"


def test_pictures_are_in_the_order_of_the_conversations(tmp_path: Path) -> None:
    dataset = small(tmp_path)
    pictures = dataset.images("validation")
    conversations = dataset.conversations("validation")
    assert len(pictures) == len(conversations) == 30
    for place, conversation in enumerate(conversations):
        assert conversation.image == place
        assert conversation.id == f"validation-{place}"
        np.testing.assert_array_equal(pictures[place], draw(conversation.attributes, 32))


def test_other_settings_have_another_cache(tmp_path: Path) -> None:
    for settings in (
        FEW,
        AvatarsSettings(resolution=33, train=100),
        AvatarsSettings(resolution=32, train=101),
        AvatarsSettings(resolution=32, train=100, seed=1),
    ):
        small(tmp_path, settings).images("train")
    assert len(list(tmp_path.iterdir())) == 4
    small(tmp_path, AvatarsSettings(resolution=32, train=100, turns="attributes")).images("train")
    assert len(list(tmp_path.iterdir())) == 4, "the turns have nothing to do with the pictures"


@pytest.mark.parametrize("turns", ["attributes", "sentences"])
def test_pictures_after_turns_show_what_was_told_so_far(tmp_path: Path, turns: str) -> None:
    dataset = small(tmp_path, AvatarsSettings(resolution=32, validation=60, turns=turns))
    truths = dataset.images("validation")
    for conversation in dataset.conversations("validation"):
        pictures = dataset.images_after_turns(conversation)
        assert pictures.shape == (len(conversation.turns), 32, 32, 3)
        np.testing.assert_array_equal(pictures[-1], truths[conversation.image])
        first = conversation.turns[0]
        default = {name: values[0] for name, values in ATTRIBUTES.items()}
        face: dict[str, str | None] = {**default, first.attribute: first.value}
        if face["hair_shape"] == "bald":
            face["hair_colour"] = None
        np.testing.assert_array_equal(pictures[0], draw(face, 32))


def test_pictures_after_turns_are_not_for_training(tmp_path: Path) -> None:
    dataset = small(tmp_path, AvatarsSettings(resolution=32, train=10, turns="attributes"))
    conversation = dataset.conversations("train")[0]
    with pytest.raises(Failure, match="training conversation"):
        dataset.images_after_turns(conversation)
    pictures = dataset.images_after_turns(conversation, allow_training=True)
    assert len(pictures) == len(conversation.turns)


def test_a_dialogue_has_no_picture_after_each_turn(tmp_path: Path) -> None:
    dataset = small(tmp_path)
    with pytest.raises(Failure, match="attributes"):
        dataset.images_after_turns(dataset.conversations("validation")[0])


def test_settings_out_of_range_name_the_field() -> None:
    with pytest.raises(ValueError, match=r"AvatarsSettings\.resolution must be at most 256"):
        AvatarsSettings(resolution=512)
    with pytest.raises(ValueError, match=r"turns must be one of dialogue, attributes"):
        AvatarsSettings(turns="words")


WITHOUT_THE_EXTRA = """
import sys
from pathlib import Path
from painterkit_avatars.plugin import painterkit_components
assert len(painterkit_components()) == 5
slow = {"torch", "numpy", "python_avatars", "resvg_py", "PIL"} & set(sys.modules)
assert not slow, slow
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.settings import AvatarsSettings
dataset = Avatars(AvatarsSettings(train=5), Path(sys.argv[1]))
print(len(dataset.conversations("train")), dataset.prepared_bytes("train"))
dataset.images("train")
"""


def test_without_the_extra_only_drawing_fails_and_says_what_to_install(tmp_path: Path) -> None:
    # The installed packages with two of them left out.
    site = tmp_path / "site"
    site.mkdir()
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if not entry.name.startswith(("python_avatars", "resvg_py", "_", "painterkit")):
            (site / entry.name).symlink_to(entry)
    root = Path(__file__).parents[3]
    path = os.pathsep.join(map(str, (root, root / "plugins", site)))
    finished = subprocess.run(
        [sys.executable, "-S", "-c", WITHOUT_THE_EXTRA, str(tmp_path / "cache")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.stdout.split() == ["5", str(128 + 5 * 64 * 64 * 3)], finished.stderr
    last = finished.stderr.strip().splitlines()[-1]
    assert "the data set avatars needs python-avatars and resvg-py" in last
    assert 'pip install "painterkit[avatars]"' in last
