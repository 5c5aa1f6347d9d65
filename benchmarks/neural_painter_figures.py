"""Remake Figs 1 and 4 to 7 of the Neural Painter with a trained painter, on held-out conversations.

    python benchmarks/neural_painter_figures.py RUN --figure 4 [--seed 0] [--count 4] [--out F.png]

Fig. 1 takes conversations at random. The others take at random those in which something of a kind
is told after the first turn, so that its effect is seen: 4 a colour, 5 a part, 6 a shape, 7 a size.
No attribute of a drawn face is its size: for 7 it is hair that grows or shrinks the picture most,
curly, long or bald.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from painterkit.data.conversation import Conversation, Turn
from painterkit.evaluation.sequences import draw_these, save
from painterkit.generation.load_painter import load_painter
from painterkit.generation.splits import PreparedSplit

KINDS = {
    4: ("hair_colour", "clothing_colour", "background", "skin_tone"),
    5: ("glasses", "facial_hair", "mouth"),
    6: ("hair_shape", "clothing"),
    7: ("hair_shape",),
}
LARGE_OR_SMALL = ("curly", "long", "bald")
FEWEST, MOST = 3, 5
"""Turns of the conversations that are shown."""


def shows(figure: int, conversation: Conversation) -> bool:
    """Tell whether a conversation belongs into a figure."""
    if not FEWEST <= len(conversation.turns) <= MOST:
        return False
    return figure == 1 or any(_is_of(figure, turn) for turn in conversation.turns[1:])


def _is_of(figure: int, turn: Turn) -> bool:
    if turn.attribute not in KINDS[figure]:
        return False
    return figure != 7 or turn.value in LARGE_OR_SMALL


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--figure", type=int, choices=(1, *KINDS), required=True)
    parser.add_argument("--seed", type=int, default=0, help="of the choice and of the noise")
    parser.add_argument("--count", type=int, default=4, help="conversations")
    parser.add_argument("--out", type=Path, help="the picture; figure-N.png if left out")
    arguments = parser.parse_args()
    painter = load_painter(arguments.run)
    split = PreparedSplit(painter.assembly, "validation", painter.device).with_vectors()
    fitting = [n for n, one in enumerate(split.conversations) if shows(arguments.figure, one)]
    order = np.random.Generator(np.random.Philox(arguments.seed)).permutation(fitting)
    image = draw_these(painter, split, order[: arguments.count], arguments.seed)
    print(save(image, arguments.out or Path(f"figure-{arguments.figure}.png")))


if __name__ == "__main__":
    main()
