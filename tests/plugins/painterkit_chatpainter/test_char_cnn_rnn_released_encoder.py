from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import evolve
from torch import nn

from painterkit.data.conversation import Conversation
from painterkit.data.texts import encode
from painterkit.errors import WrongInput
from painterkit.interfaces.dataset import Dataset, Split
from painterkit.roles import Role
from painterkit.testing import SampleDataset
from painterkit_chatpainter.char_cnn_rnn.released_encoder import short_name

from ...picture_folders import write_visdial_09
from ...small_released_embeddings import WIDTH, Birds, Files, write_released

Build = Callable[..., Any]


@pytest.fixture
def dataset() -> Birds:
    return Birds()


@pytest.fixture
def files(tmp_path: Path, dataset: Birds) -> Files:
    return write_released(tmp_path, dataset)


def make(build: Build, files: Files, dataset: Dataset, **changes: Any) -> Any:
    table = {**files.settings, **changes}
    return build(Role.TEXT_ENCODER, "released-embeddings", table, dataset=dataset)


def test_a_caption_has_the_vector_of_its_own_picture(
    build: Build, files: Files, dataset: Birds
) -> None:
    encoder = make(build, files, dataset)
    for one in dataset.conversations("train"):
        read = encode(encoder, [one.captions[1]])[0]  # "picture 7: ..." is said of one alone
        np.testing.assert_array_equal(read, files.vectors[one.id][1])


def test_of_pictures_that_are_told_alike_the_first_counts(
    build: Build, files: Files, dataset: Birds
) -> None:
    encoder = make(build, files, dataset)
    first = next(one for one in dataset.conversations("train") if one.captions[0] == "a large star")
    read = encode(encoder, ["a large star"])[0]
    np.testing.assert_array_equal(read, files.vectors[first.id][0])


def test_both_files_are_read(build: Build, files: Files) -> None:
    """Without a picture of the train split, its captions are those of the validation split."""

    class Held(Birds):
        def conversations(self, split: Split) -> Sequence[Conversation]:
            return super().conversations(split) if split == "validation" else []

    held = Held()
    encoder = make(build, files, held)
    for one in held.conversations("validation"):
        read = encode(encoder, [one.captions[1]])[0]
        np.testing.assert_array_equal(read, files.vectors[one.id][1])


def test_it_is_frozen_and_nothing_of_it_is_saved(
    build: Build, files: Files, dataset: Birds
) -> None:
    encoder = make(build, files, dataset)
    assert not isinstance(encoder, nn.Module)
    assert encoder.width == WIDTH


def test_an_empty_text_is_zero_and_other_words_have_no_vector(
    build: Build, files: Files, dataset: Birds
) -> None:
    encoder = make(build, files, dataset)
    assert not encode(encoder, [""]).any()
    with pytest.raises(WrongInput) as raised:
        encode(encoder, ["a bird of my own"])
    assert "there is no vector for 'a bird of my own'" in str(raised.value)
    assert "char-cnn-rnn" in str(raised.value)


def test_scaled_vectors_have_length_sqrt_of_width(
    build: Build, files: Files, dataset: Birds
) -> None:
    text = dataset.conversations("train")[0].captions[0]
    plain = encode(make(build, files, dataset), [text])[0]
    scaled = encode(make(build, files, dataset, scaled=True), [text])[0]
    np.testing.assert_allclose(scaled, plain / np.linalg.norm(plain) * WIDTH**0.5, rtol=1e-5)


def test_the_fingerprint_is_that_of_files_and_captions(
    build: Build, files: Files, dataset: Birds
) -> None:
    before = make(build, files, dataset).fingerprint
    assert before == make(build, files, dataset).fingerprint
    assert before != make(build, files, dataset, scaled=True).fingerprint
    assert before != make(build, files, Birds(train=19)).fingerprint
    path = Path(files.settings["embeddings"][1])
    table = pickle.loads(path.read_bytes())
    table[0][0, 0] += 1
    path.write_bytes(pickle.dumps(table, 2))
    assert before != make(build, files, dataset).fingerprint


def problem(build: Build, files: Files, dataset: Dataset, **changes: Any) -> str:
    def read() -> None:
        encoder = make(build, files, dataset, **changes)
        encode(encoder, [dataset.conversations("train")[0].captions[0]])

    with pytest.raises(WrongInput) as raised:
        read()
    return str(raised.value)


def test_what_does_not_fit_is_told(build: Build, files: Files, dataset: Birds) -> None:
    train, test = files.settings["embeddings"]
    names = files.settings["names"]
    assert "holds vectors of width 6, not 8; give width = 6" in problem(
        build, files, dataset, width=8
    )
    assert "holds 20 pictures, and the names are 6" in problem(
        build, files, dataset, names=names[::-1]
    )
    assert "names 1 files, and embeddings 2" in problem(build, files, dataset, names=names[:1])
    assert "there is no such file of released embeddings" in problem(
        build, files, dataset, embeddings=[train, test + "x"]
    )


def test_files_of_other_data_are_told(build: Build, files: Files) -> None:
    class Others(SampleDataset):
        def conversations(self, split: Split) -> Sequence[Conversation]:
            return [evolve(one, id=f"flower-{one.id}") for one in super().conversations(split)]

    said = problem(build, files, Others(train=4, validation=2))
    assert "names no picture of the data set, whose first is 'flower-train-0'" in said
    assert "the file's is 'train-19'; give the files of this data set" in said


def test_of_a_long_name_in_a_file_the_beginning_is_told(
    build: Build, files: Files, dataset: Birds
) -> None:
    path = Path(files.settings["names"][0])
    path.write_bytes(pickle.dumps(["x\n" * 1_000_000] * 20, 2))
    said = problem(
        build, files, dataset, embeddings=files.settings["embeddings"][:1], names=[str(path)]
    )
    assert "names no picture of the data set" in said
    assert "\n" not in said
    assert len(said) < len(str(path)) + 400


def test_more_captions_than_the_files_have_are_told(build: Build, files: Files) -> None:
    class Talkative(Birds):
        def conversations(self, split: Split) -> Sequence[Conversation]:
            return [
                evolve(one, captions=(*one.captions, f"third of {one.id}"))
                for one in super().conversations(split)
            ]

    encoder = make(build, files, Talkative())
    third = Talkative().conversations("train")[3].captions[2]
    with pytest.raises(WrongInput) as raised:
        encode(encoder, [third])
    assert "holds 2 captions a picture" in str(raised.value)
    assert "is number 3 of its picture; let the data set give 2" in str(raised.value)


def test_five_captions_of_cocos_pictures_are_read(build: Build, tmp_path: Path) -> None:
    folder = {"folder": str(write_visdial_09(tmp_path / "coco")), "resolution": 16}
    whole = build(Role.DATASET, "coco-visdial", folder)
    files = write_released(tmp_path, whole, captions=5)
    texts = [text for one in whole.conversations("train") for text in one.captions]
    with pytest.raises(WrongInput) as raised:
        encode(make(build, files, whole), texts)
    assert str(raised.value).endswith("for coco-visdial, set data.most_captions = 5")
    dataset = build(Role.DATASET, "coco-visdial", {**folder, "most_captions": 5})
    encoder = make(build, files, dataset)
    told = dataset.conversations("train")
    encode(encoder, [text for one in told for text in one.captions])
    once = [one for one in told if texts.count(one.captions[4]) == 1]
    assert once
    for one in once:
        read = encode(encoder, [one.captions[4]])[0]
        np.testing.assert_array_equal(read, files.vectors[one.id][4])


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("002.Laysan_Albatross/Laysan_Albatross_0002_1027", "Laysan_Albatross_0002_1027"),
        ("images\\002.Laysan\\L_1.JPG", "L_1"),
        ("COCO_train2014_000000000009", "COCO_train2014_000000000009"),
        ("v1.5_a", "v1.5_a"),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert short_name(name) == short
