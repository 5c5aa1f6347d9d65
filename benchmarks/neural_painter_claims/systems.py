"""What is compared: the paper's way, and ways that differ from it in one thing each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from attrs import field, frozen

HERE = Path("benchmarks/neural_painter_claims")
"""From the root of the repository, where the command is run: no result tells of a machine."""
SEEING, PRETRAINING, JOINT = (
    str(HERE / f"{name}.toml") for name in ("seeing", "pretraining", "joint")
)
JOINT_IMAGES = 20_000
PAINTER_IMAGES = 40_000

TAKEN = (
    "dialogue_encoder",
    "generator.conditioner",
    "generator.stages",
    "generator.heads",
    "discriminators",
)
"""What the joint phase begins with: all but the Conv-GRU, which starts from scratch."""

CUT = {"phases.joint.step.truncation": "1"}
"""Figure 3b: "only backprop through the GAN for that step"."""

FULL_PACE = {"phases.joint.optimizers.generator.rate_factors.dialogue_encoder": "1.0"}
"""The reader learns with the painter's own learning rate."""

NAIVE = {"samplers.turns": "every-turn"}

Embedding = Literal["classifier", "joint", "imagenet"]


@frozen
class Sight:
    """What sees the pictures whose embedding the reader predicts."""

    title: str
    parts: Mapping[str, str] = field(factory=dict)
    training: Mapping[str, str] | None = field(factory=dict)
    """What is set beside `seeing.toml`; None where nothing is to be trained."""


SIGHTS: Mapping[Embedding, Sight] = {
    "classifier": Sight("a classifier of the attributes"),
    "joint": Sight(
        "the class-conditional joint embedding",
        training={
            "parts.caption_encoder": (
                '{ use = "char-cnn-rnn", width = 128, channels = [64, 64, 64], scaled = true }'
            ),
            "parts.caption_told": "false",
            "phases.image-encoder.until.images": "48_000",
            "phases.image-encoder.step": '{ use = "joint-embedding", same = "class" }',
            "phases.image-encoder.optimizers.encoder.train": (
                '["image_encoder", "caption_encoder", "step"]'
            ),
        },
    ),
    "imagenet": Sight(
        "EfficientNet-Lite0 of ImageNet",
        parts={"parts.image_encoder": '{ use = "efficientnet-lite0", resolution = 32 }'},
        training=None,
    ),
}


@frozen
class System:
    """A way to train: its name in files, its title on the page, what is set beside joint.toml."""

    name: str
    title: str
    sets: Mapping[str, str]
    seeds: int
    sight: Embedding | None = "classifier"
    """What the phases before were trained with; None where there were none."""

    for_equal_seconds: bool = False
    """Whether it stops when the first system has had its seconds."""


SYSTEMS = (
    System("uniform", "uniform time", CUT, 5),
    System("naive", "naive, equal updates", NAIVE, 5),
    System("naive-seconds", "naive, equal seconds", NAIVE, 5, for_equal_seconds=True),
    System("no-memory", "without Conv-GRU", {"parts.generator.memory": "none"}, 5),
    System(
        "bare-memory",
        "Conv-GRU without the residual",
        {**CUT, "parts.generator.memory_residual": "false"},
        5,
    ),
    System(
        "bare-memory-through-time",
        "Conv-GRU without the residual, gradient through all turns",
        {"parts.generator.memory_residual": "false"},
        3,
    ),
    System("through-time", "uniform time, gradient through all turns", {}, 3),
    System("naive-cut", "naive, gradient cut at each turn", {**NAIVE, **CUT}, 3),
    System(
        "matching", "matching pictures", {**CUT, "phases.joint.step.supervision": "matching"}, 3
    ),
    System("lstm", "Conv-LSTM", {**CUT, "parts.generator.memory": "lstm"}, 3),
    System(
        "from-scratch",
        "no pretraining, as many pictures in all",
        {
            **CUT,
            "phases.joint.until.images": str(JOINT_IMAGES + PAINTER_IMAGES),
            **FULL_PACE,
        },
        3,
        sight=None,
    ),
    System("joint-embedding", SIGHTS["joint"].title, CUT, 3, sight="joint"),
    System("imagenet", SIGHTS["imagenet"].title, CUT, 3, sight="imagenet"),
    System("reader-at-pace", "the reader at the painter's pace", {**CUT, **FULL_PACE}, 3),
)


@frozen
class Comparison:
    """Two systems whose difference answers a claim."""

    claim: str
    one: str
    other: str


COMPARISONS = (
    Comparison("1, equal updates", "uniform", "naive"),
    Comparison("1, equal seconds", "uniform", "naive-seconds"),
    Comparison("1, why: pictures a step alone", "through-time", "naive"),
    Comparison("1, why: the cut alone, uniform", "uniform", "through-time"),
    Comparison("1, why: the cut alone, naive", "naive-cut", "naive"),
    Comparison("2", "uniform", "no-memory"),
    Comparison("2, the gradient through all turns", "through-time", "no-memory"),
    Comparison("2, as printed", "bare-memory", "no-memory"),
    Comparison("2, as printed, through all turns", "bare-memory-through-time", "no-memory"),
    Comparison("3, pretraining", "uniform", "from-scratch"),
    Comparison("3, embedding", "uniform", "joint-embedding"),
    Comparison("3, embedding", "uniform", "imagenet"),
    Comparison("the reader slowed", "uniform", "reader-at-pace"),
    Comparison("4", "uniform", "matching"),
    Comparison("5", "uniform", "lstm"),
)
