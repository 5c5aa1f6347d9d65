"""A painter that looks at words and is judged by DAMSM, as tables of a recipe."""

from __future__ import annotations

from typing import Any

from ...small_recipe import Table

WIDTH = 6
PARTS: Table = {
    "caption_encoder": {"use": "word-lstm", "width": WIDTH, "embedding": 5, "vocabulary": 40},
    "generator": {
        "use": "attngan",
        "resolutions": [8, 16],
        "channels": 4,
        "noise": 5,
        "residual_blocks": 1,
        "conditioner": {"use": "conditioning-augmentation", "width": 6},
    },
    "image_encoder": {
        "use": "convolutional",
        "width": WIDTH,
        "resolution": 16,
        "channels": 4,
        "regions": 4,
    },
}


def phase(**loss: Any) -> Table:
    return {
        "name": "painter",
        "until": {"steps": 1},
        "batch": 5,
        "optimizers": {
            "generator": {"train": ["generator", "dialogue_encoder"]},
            "discriminator": {"train": ["discriminators"]},
        },
        "step": {
            "use": "adversarial",
            "resolutions": [8, 16],
            "losses": {"matching": "matching-aware", "damsm": {"use": "damsm", **loss}},
        },
    }
