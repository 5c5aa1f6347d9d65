from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from attrs import evolve
from torch import Tensor

from painterkit.data.batches import Batches, TextTable, numbered
from painterkit.data.conversation import Conversation, Turn
from painterkit.data.facts import Facts
from painterkit.data.order import Purpose, choose
from painterkit.data.texts import HeldVectors, TextCache, encode
from painterkit.data.told import caption_lists, distinct, turn_lists
from painterkit.interfaces.text_encoder import TextFeatures
from painterkit.testing import SampleDataset
from painterkit.testing.sample_data import ATTRIBUTES
from painterkit_standard.samplers import LastTurn

CPU = torch.device("cpu")


class Lengths:
    """A text is its length, and the place of its last letter."""

    width, fingerprint = 2, "lengths"

    def prepare(self, turns: Sequence[Turn]) -> Mapping[str, Tensor]:
        rows = [[float(len(t.text)), float(ord(t.text[-1]))] for t in turns]
        return {"rows": torch.tensor(rows)}

    def forward(self, tensors: Mapping[str, Tensor]) -> TextFeatures:
        return TextFeatures(tensors["rows"])


def conversations() -> list[Conversation]:
    """Return sample conversations, pictures in reverse order, three captions on some."""
    found = SampleDataset(resolution=8, train=12).conversations("train")
    return [
        evolve(
            one,
            image=11 - row,
            captions=(*one.captions, f"third of {row}") if row % 2 else one.captions,
        )
        for row, one in enumerate(found)
    ]


def make(tmp_path: Path, given: Sequence[Conversation] | None = None, seed: int = 0) -> Batches:
    told = conversations() if given is None else given
    cache = TextCache(tmp_path, Lengths())

    def table(lists: list[list[str]]) -> TextTable:
        texts = distinct(lists)
        cache.add(texts)
        number = {text: place for place, text in enumerate(texts)}
        return TextTable(*numbered(lists, number), cache.vectors(texts, CPU))

    turns = table(turn_lists(told, "turns", LastTurn()))
    images = SampleDataset(resolution=8, train=12).images("train")
    return Batches(told, images, table(caption_lists(told)), turns, seed, CPU)


def vectors(texts: Sequence[str]) -> Tensor:
    return torch.from_numpy(encode(Lengths(), texts))


def test_turns_are_padded_and_masked(tmp_path: Path) -> None:
    rows = np.array([3, 0, 5])  # three turns, none, one
    batch = make(tmp_path).batch(rows, [8])
    assert batch.size == 3
    assert batch.lengths.tolist() == [3, 0, 1]
    assert batch.turn_mask.tolist() == [[True] * 3, [False] * 3, [True, False, False]]
    for place, row in enumerate(rows):
        texts = [turn.text for turn in conversations()[row].turns]
        if texts:
            torch.testing.assert_close(batch.turns[place, : len(texts)], vectors(texts))


def test_rows_and_pictures_are_those_of_the_conversations(tmp_path: Path) -> None:
    rows = np.array([3, 0, 5])
    batch = make(tmp_path).batch(rows, [8])
    assert batch.rows.tolist() == [3, 0, 5]
    assert batch.image_rows.tolist() == [8, 11, 6]
    pixels = SampleDataset(resolution=8, train=12).images("train")[[8, 11, 6]]
    expected = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
    torch.testing.assert_close(batch.images[8], expected)


def test_classes_are_those_of_the_conversations_if_there_are_any(tmp_path: Path) -> None:
    rows = np.array([3, 1, 5])
    batch = make(tmp_path).batch(rows, [])
    assert batch.class_ids is not None
    assert batch.class_ids.tolist() == [0, 1, 2]
    one = make(tmp_path).batch(rows[:1], []).repeated(3)
    assert one.class_ids is not None
    assert one.class_ids.tolist() == [0, 0, 0]
    without = [evolve(one, class_id=-1) for one in conversations()]
    one = make(tmp_path, without).batch(rows[:1], [])
    assert one.class_ids is None
    assert one.repeated(3).class_ids is None


def test_rows_of_a_batch_can_be_taken_in_any_order_and_twice(tmp_path: Path) -> None:
    batches = make(tmp_path)
    batch = batches.batch(np.array([3, 1, 5]), [8, 4])
    taken = batch.taken(torch.tensor([2, 0, 2]))
    expected = batches.batch(np.array([5, 3, 5]), [8, 4])
    for name in ("rows", "image_rows", "captions", "turns", "turn_mask", "class_ids"):
        assert torch.equal(getattr(taken, name), getattr(expected, name)), name
    assert taken.images.keys() == {8, 4}
    for size in (8, 4):
        assert torch.equal(taken.images[size], expected.images[size])


def test_black_is_minus_one_and_white_is_one(tmp_path: Path) -> None:
    batches = make(tmp_path)
    batches.images = np.zeros((12, 8, 8, 3), np.uint8)
    batches.images[11] = 255
    pictures = batches.pictures(np.array([0, 1]), [8, 4])
    for picture in pictures.values():
        assert picture[0].unique().tolist() == [1.0]
        assert picture[1].unique().tolist() == [-1.0]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_smaller_picture_is_the_mean_over_its_area(tmp_path: Path, size: int) -> None:
    pictures = make(tmp_path).pictures(np.array([0, 7]), [size, 8])
    side = 8 // size
    for row in range(size):
        for column in range(size):
            area = pictures[8][
                :, :, row * side : (row + 1) * side, column * side : (column + 1) * side
            ]
            torch.testing.assert_close(pictures[size][:, :, row, column], area.mean(dim=(2, 3)))


def test_without_resolutions_no_picture_is_read(tmp_path: Path) -> None:
    batches = make(tmp_path)
    batches.images = np.zeros((0, 8, 8, 3), np.uint8)
    assert batches.batch(np.array([0, 1]), []).images == {}


def test_evaluation_takes_the_first_caption(tmp_path: Path) -> None:
    batch = make(tmp_path).batch(np.arange(12), [])
    torch.testing.assert_close(batch.captions, vectors([c.captions[0] for c in conversations()]))


@pytest.mark.parametrize(("seed", "phase", "epoch"), [(0, 0, 0), (0, 0, 3), (0, 2, 0), (5, 0, 0)])
def test_a_caption_is_chosen_by_seed_phase_epoch_and_row(
    tmp_path: Path, seed: int, phase: int, epoch: int
) -> None:
    batches, told = make(tmp_path, seed=seed), conversations()
    rows = np.arange(12)
    counts = np.array([len(one.captions) for one in told])
    chosen = choose((Purpose.CAPTION, seed, phase, epoch), rows, counts)
    expected = vectors([one.captions[pick] for one, pick in zip(told, chosen, strict=True)])
    batch = batches.batch(rows, [], epoch, phase=phase)
    torch.testing.assert_close(batch.captions, expected)
    mixed = np.array([7, 2, 11])
    batch = batches.batch(mixed, [], epoch, phase=phase)
    torch.testing.assert_close(batch.captions, expected[mixed])


def test_a_row_is_the_same_whatever_stands_beside_it(tmp_path: Path) -> None:
    batches = make(tmp_path)
    alone = batches.batch(np.array([5]), [8, 4], epoch=2)
    beside = batches.batch(np.array([3, 5, 8]), [8, 4], epoch=2)
    assert torch.equal(alone.captions[0], beside.captions[1])
    assert torch.equal(alone.turns[0][alone.turn_mask[0]], beside.turns[1][beside.turn_mask[1]])
    assert torch.equal(alone.images[4][0], beside.images[4][1])


def test_a_split_in_which_nobody_says_a_turn(tmp_path: Path) -> None:
    silent = [evolve(one, turns=()) for one in conversations()]
    batch = make(tmp_path, silent).batch(np.array([1, 2]), [8])
    assert batch.turns.shape == (2, 0, 2)
    assert batch.turn_mask.shape == (2, 0)
    assert batch.lengths.tolist() == [0, 0]


def test_a_batch_is_a_function_of_its_rows_alone(tmp_path: Path) -> None:
    batches = make(tmp_path)
    first = batches.batch(np.array([1, 4]), [8], epoch=0)
    batches.batch(np.array([6, 7, 8]), [8], epoch=9)
    again = batches.batch(np.array([1, 4]), [8], epoch=0)
    assert torch.equal(first.images[8], again.images[8])
    assert torch.equal(first.captions, again.captions)


def test_the_texts_of_a_split_are_every_caption_and_every_turn() -> None:
    captions = caption_lists(conversations())
    turns = turn_lists(conversations(), "turns", LastTurn())
    assert sum(map(len, captions)) == 12 * 2 + 6
    assert [len(texts) for texts in turns] == [len(one.turns) for one in conversations()]
    assert "third of 1" in distinct(captions)


def test_tokens_are_two_captions_and_all_turns() -> None:
    told = conversations()
    captions, turns = caption_lists(told), turn_lists(told, "turns", LastTurn())

    def table(lists: list[list[str]]) -> TextTable:
        texts = distinct(lists)
        number = {text: place for place, text in enumerate(texts)}
        tokens = Lengths().prepare([Turn(text) for text in texts])
        nothing = HeldVectors(torch.zeros(len(texts), 0))
        return TextTable(*numbered(lists, number), nothing, tokens)

    images = SampleDataset(resolution=8, train=12).images("train")
    batches = Batches(told, images, table(captions), table(turns), 0, CPU)
    rows = np.array([1, 3])
    batch = batches.batch(rows, [], epoch=2)
    assert batch.captions.shape == (2, 0)
    chosen = choose((Purpose.CAPTION, 0, 0, 2), rows, np.array([3, 3]))
    for place, row in enumerate(rows):
        first = int(chosen[place])
        both = [captions[row][first], captions[row][(first + 1) % len(captions[row])]]
        assert torch.equal(batch.caption_tokens["rows"][place], vectors(both))
        count = len(turns[row])
        assert torch.equal(batch.turn_tokens["rows"][place, :count], vectors(turns[row]))


def test_a_dialogue_is_joined_where_it_is_drawn() -> None:
    told = [evolve(conversations()[3], turns=(Turn("any glasses? no."), Turn("a hat? yes.")))]
    assert turn_lists(told, "joined", LastTurn()) == [["", "any glasses? no. a hat? yes."]]


def test_vectors_are_the_same_held_and_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.array([3, 0, 5, 11])
    held = make(tmp_path).batch(rows, [], epoch=1)
    monkeypatch.setattr("painterkit.data.texts.HELD_BYTES", 0)
    stored = make(tmp_path)
    assert not isinstance(stored.turns.vectors, HeldVectors)
    batch = stored.batch(rows, [], epoch=1)
    assert torch.equal(batch.captions, held.captions)
    assert torch.equal(batch.turns, held.turns)


def test_half_of_the_training_pictures_are_mirrored_where_that_is_true(
    tmp_path: Path,
) -> None:
    plain, mirrored = make(tmp_path), make(tmp_path)
    mirrored.flips = True
    rows = np.arange(8)
    still = plain.batch(rows, [8], epoch=0).images[8]
    assert torch.equal(mirrored.batch(rows, [8]).images[8], still), "evaluation mirrors nothing"
    turned: list[bool] = []
    for epoch in range(40):
        shown = mirrored.batch(rows, [8], epoch).images[8]
        for one, other in zip(shown, still, strict=True):
            assert torch.equal(one, other) or torch.equal(one, other.flip(2))
            turned.append(not torch.equal(one, other))
    assert 0.4 < sum(turned) / len(turned) < 0.6
    first = mirrored.batch(rows[:3], [8], 5).images[8]
    assert torch.equal(first, mirrored.batch(rows, [8], 5).images[8][:3])


def test_a_caption_is_seen_with_the_picture_and_with_its_mirror_image(tmp_path: Path) -> None:
    batches = make(tmp_path)
    batches.flips = True
    rows = np.arange(12)
    still, first = batches.pictures(rows, [8])[8], batches.batch(rows, []).captions
    seen: set[tuple[bool, bool]] = set()
    for epoch in range(30):
        batch = batches.batch(rows, [8], epoch)
        for row in rows:
            mirrored = not torch.equal(batch.images[8][row], still[row])
            seen.add((torch.equal(batch.captions[row], first[row]), mirrored))
    assert seen == {(False, False), (False, True), (True, False), (True, True)}


def test_another_phase_chooses_anew(tmp_path: Path) -> None:
    batches = make(tmp_path)
    batches.flips = True
    one, other = (batches.batch(np.arange(12), [8], 0, phase=phase) for phase in (0, 1))
    assert not torch.equal(one.captions, other.captions)
    assert not torch.equal(one.images[8], other.images[8])


def test_matching_pictures_come_with_their_numbers_and_classes(tmp_path: Path) -> None:
    batches = make(tmp_path)
    batches.facts = Facts(batches.conversations, ATTRIBUTES)
    rows = np.arange(12)
    batch = batches.batch(rows, [8], 3, ("facts", "matching"))
    assert batch.matching_rows is not None
    assert batch.matching_class_ids is not None
    assert batch.matching_rows.shape == (12, 4)
    shown = batch.matching_rows.numpy()
    pictures = batches.pictures(11 - shown.ravel(), [8])[8].unflatten(0, shown.shape)
    assert torch.equal(batch.matching[8], pictures)
    assert torch.equal(batch.matching_class_ids, (11 - batch.matching_rows) % 3)
    assert (shown != batch.image_rows[:, None].numpy()).any(), "each would have its own alone"
