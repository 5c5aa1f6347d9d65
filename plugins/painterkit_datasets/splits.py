"""The names of the splits, to go through them."""

from __future__ import annotations

from typing import get_args

from painterkit.interfaces.dataset import Split

SPLITS: tuple[Split, ...] = get_args(Split)
