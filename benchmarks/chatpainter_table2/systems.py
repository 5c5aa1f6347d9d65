"""What is compared: four painters of one budget, and ways to tell a trained one its dialogue."""

from __future__ import annotations

from attrs import frozen

BUDGET = {
    "phases.stage-1.until.images": "48_000",
    "phases.stage-2.until.images": "12_000",
    "samples.every.images": "1_000_000",
    "checkpoints.keep": "1",
}
READER_BUDGET = {"phases.reader.until.images": "150_000"}
"""The reader's own phase, which no painter draws in; only `bilstm` has something to train."""

CAPTION_AS_DIALOGUE = (
    '{ use = "retold", telling = "caption", '
    'of = { use = "avatars", resolution = 64, turns = "dialogue", train = 24_000 } }'
)


@frozen
class System:
    """A painter to train: its name on the page, its recipe, what is set beside the budget."""

    name: str
    title: str
    recipe: str
    sets: dict[str, str]
    reads_dialogue: bool


SYSTEMS = (
    System("stackgan", "StackGAN", "stackgan", {}, reads_dialogue=False),
    System(
        "padded",
        "StackGAN, the caption padded to the same width",
        "chatpainter_rnn",
        {**READER_BUDGET, "data": CAPTION_AS_DIALOGUE},
        reads_dialogue=False,
    ),
    System(
        "non-recurrent",
        "ChatPainter (non-recurrent)",
        "chatpainter_nonrecurrent",
        {},
        reads_dialogue=True,
    ),
    System(
        "recurrent-by-painter",
        "ChatPainter (recurrent), read as the painter teaches it",
        "stackgan",
        {
            "parts.dialogue_encoder": '{ use = "bilstm", hidden = 256 }',
            "phases.stage-1.optimizers.generator.train": '["generator.stage1", "dialogue_encoder"]',
        },
        reads_dialogue=True,
    ),
    System(
        "recurrent",
        "ChatPainter (recurrent)",
        "chatpainter_rnn",
        READER_BUDGET,
        reads_dialogue=True,
    ),
)

TELLINGS = ("as-told", "another", "questions", "answers", "shuffled")
TURNS = 10
"""How many turns a dialogue has: a trained painter is told the first 0, 1 ... of them, too."""
