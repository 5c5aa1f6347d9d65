"""All that CUB's files say, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

from painterkit.data.conversation import Conversation
from painterkit.errors import Failure, Problem
from painterkit.interfaces.dataset import SPLITS, Split
from painterkit_datasets.cub_attributes import read_attributes, true_values
from painterkit_datasets.cub_birds import Bird, find_pictures, read_birds
from painterkit_datasets.cub_captions import read_captions
from painterkit_datasets.cub_layout import CubFiles, find_files
from painterkit_datasets.cub_turns import write_turns
from painterkit_datasets.prepare import ListedPicture
from painterkit_datasets.settings import CubSettings

NO_CAPTION = ("",)
"""What is said of a picture before its turns where there are no captions: nothing."""


@frozen
class Contents:
    """The conversations of both splits, one a picture, their pictures in the same order.

    `missing` are pictures that cannot be found; `pictures` holds the others.
    """

    attributes: Mapping[str, Sequence[str]]
    conversations: Mapping[Split, tuple[Conversation, ...]]
    pictures: Mapping[Split, tuple[ListedPicture, ...]]
    missing: tuple[Problem, ...]


def read_contents(settings: CubSettings, cache: Path) -> Contents:
    """Read the files that the settings ask for, and look for the pictures that they name.

    Raises Failure where a file is missing or broken.
    """
    files = find_files(settings)
    birds = read_birds(files, settings)
    attributes, _ = read_attributes(files.attributes)
    classes = {bird.number: bird.class_id for bird in birds}
    values = true_values(cache, files, classes, settings.certainty)
    captions = _captions(cache, files, birds)
    told = [bird for bird in birds if values[bird.number]]
    _refuse_silence(files, told, settings)
    pictures, missing = find_pictures(files, told)
    of_split: dict[Split, list[Bird]] = {
        split: [bird for bird in told if bird.split == split] for split in SPLITS
    }
    return Contents(
        attributes={name: one.names for name, one in attributes.items()},
        conversations={
            split: tuple(
                _conversation(bird, row, captions[bird.name], values[bird.number], settings)
                for row, bird in enumerate(of_split[split])
            )
            for split in SPLITS
        },
        pictures={
            split: tuple(pictures[one.number] for one in of_split[split] if one.number in pictures)
            for split in SPLITS
        },
        missing=missing,
    )


def _captions(cache: Path, files: CubFiles, birds: Sequence[Bird]) -> Mapping[str, tuple[str, ...]]:
    names = [bird.name for bird in birds]
    if files.text is None:
        return dict.fromkeys(names, NO_CAPTION)
    return read_captions(cache, files.text, names)


def _refuse_silence(files: CubFiles, told: Sequence[Bird], settings: CubSettings) -> None:
    """Raise Failure for a split of which nothing would be told."""
    for split in SPLITS:
        if not any(bird.split == split for bird in told):
            what = f"says nothing with certainty {settings.certainty} of any {split} picture"
            hint = f"believe more: data.certainty = {max(1, settings.certainty - 1)}"
            raise Failure(Problem(str(files.labels), what, hint))


def _conversation(
    bird: Bird,
    row: int,
    captions: tuple[str, ...],
    attributes: Mapping[str, str],
    settings: CubSettings,
) -> Conversation:
    turns = write_turns(attributes, bird.name, settings.seed, settings.turns)
    return Conversation(
        id=bird.name,
        captions=captions,
        turns=turns,
        image=row,
        attributes=attributes,
        told_in={turn.attribute: place for place, turn in enumerate(turns)},
        class_id=bird.class_id,
    )
