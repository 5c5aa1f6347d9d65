"""Conversations and pictures from anywhere, read for a training loop of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from painterkit.assembly import lacking_files
from painterkit.data.batches import Batches
from painterkit.data.conversation import Conversation
from painterkit.data.facts import Facts
from painterkit.data.prepared import cache_folder
from painterkit.data.told import caption_lists, turn_lists
from painterkit.errors import Failure, Problem, WrongInput
from painterkit.generation.text_tables import text_tables
from painterkit.interfaces.parts import Parts
from painterkit.interfaces.samplers import TurnSampler


def read_batches(
    parts: Parts,
    turns: TurnSampler,
    conversations: Sequence[Conversation],
    images: npt.NDArray[np.uint8],
    *,
    attributes: Mapping[str, Sequence[str]] | None = None,
    seed: int = 0,
    device: torch.device | str = "cpu",
    cache: Path | None = None,
) -> Batches:
    """Read conversations and their pictures once, as parts read them, for batches to be made of.

    `images` [N, R, R, 3] uint8 hold the pictures, `Conversation.image` is a row of them. With
    `attributes`, the values that each can take, a batch can have facts. `seed` chooses the captions
    of each epoch. What the text encoders give is kept in `cache`, or where PAINTERKIT_CACHE says:
    read anew after they were trained. Raises WrongInput for pictures that are none or are missing,
    Failure for files that a text encoder lacks.
    """
    _check_pictures(conversations, images)
    lacking = lacking_files(parts)
    if lacking:
        raise Failure(lacking)
    captions = caption_lists(conversations)
    said = turn_lists(conversations, parts.dialogue_encoder.reads, turns)
    device = torch.device(device)
    tables = text_tables(parts, cache or cache_folder(), captions, said, device)
    facts = Facts(conversations, attributes or {}, parts.caption_told)
    return Batches(conversations, images, *tables, seed, device, facts)


def _check_pictures(conversations: Sequence[Conversation], images: npt.NDArray[np.uint8]) -> None:
    """Refuse arrays that are no pictures, and conversations about none of them."""
    shape = images.shape
    if images.dtype != np.uint8 or len(shape) != 4 or shape[1] != shape[2] or shape[3] != 3:
        what = f"must be uint8 [N, R, R, 3], got {images.dtype} {list(shape)}"
        raise WrongInput(Problem("images", what))
    wrong = next((one for one in conversations if not 0 <= one.image < len(images)), None)
    if wrong is not None:
        what = f"is about picture {wrong.image}, and there are {len(images)}"
        raise WrongInput(Problem(f"conversation '{wrong.id}'", what, "they are counted from 0"))
    if not conversations:
        raise WrongInput(Problem("conversations", "there are none"))
