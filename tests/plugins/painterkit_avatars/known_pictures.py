"""Pictures whose measure is known: faces drawn as a painter would that does one thing for sure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from painterkit.data.conversation import Conversation
from painterkit.interfaces.metric import Drawn
from painterkit_avatars.attributes import Face
from painterkit_avatars.dataset import Avatars
from painterkit_avatars.drawing import draw

R = 64


def pictures(pixels: np.ndarray) -> Tensor:
    """Return [..., R, R, 3] uint8 as [..., 3, R, R] in [-1, 1]."""
    return torch.from_numpy(pixels).movedim(-1, -3).float() / 127.5 - 1


def drawn_faces(faces: Sequence[Face], resolution: int = R) -> Tensor:
    return pictures(np.stack([draw(face, resolution) for face in faces]))


def told_pictures(dataset: Avatars, conversation: Conversation) -> Tensor:
    """Return the pictures of what has been told so far, [T, 3, R, R]."""
    return pictures(dataset.images_after_turns(conversation))


def shown(conversations: Sequence[Conversation], turns: Sequence[Tensor], first: int = 0) -> Drawn:
    """Return rows of pictures [T, 3, R, R] as if they had been drawn from the turn `first` on."""
    longest = max(map(len, turns))
    rows = [torch.cat([row, row[-1:].expand(longest - len(row), -1, -1, -1)]) for row in turns]
    moments = [[min(k, len(row) - 1) + first for k in range(longest)] for row in turns]
    drawn = torch.stack(rows)
    truth = drawn_faces([one.attributes for one in conversations], drawn.shape[-1])
    return Drawn(conversations, drawn[:, -1], truth, drawn, torch.tensor(moments))
