"""The checks of a loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from attrs import evolve, fields, frozen
from torch import Tensor

from painterkit.data.facts import UNKNOWN, UNSEEN
from painterkit.data.words import Words
from painterkit.interfaces.conditioner import Condition
from painterkit.interfaces.discriminator import Logits
from painterkit.interfaces.generator import WordSource
from painterkit.interfaces.image_encoder import ImageFeatures
from painterkit.interfaces.loss import Facts, Judged, Shown, Side, StepView
from painterkit.nn.seeding import seeded
from painterkit.testing.every_role import check_module
from painterkit.testing.inputs import BATCH, condition, normal, pictures
from painterkit.testing.sample_data import ATTRIBUTES
from painterkit.testing.sample_parts import SampleDiscriminator
from painterkit.testing.subject import WORD_WIDTH, Subject
from painterkit.testing.verdict import require

VIEW_FIELDS = {field.name for field in fields(StepView)} - {"side"}
JUDGED_FIELDS = {field.name for field in fields(Judged)}


class Undeclared(Exception):
    """A loss reads what it does not declare."""


@frozen
class Guarded:
    """Stand before a view and give out no field but those that a loss declares."""

    inner: Any
    allowed: frozenset[str]

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.inner, name)
        if not name.startswith("_") and name not in self.allowed:
            raise Undeclared(name)
        return value


def check_loss(subject: Subject) -> None:
    """Check a loss; raises AssertionError with a sentence about the first fault."""
    loss = subject.build()
    check_declarations(subject.place, loss)
    for side in loss.sides:
        for word, view in sample_views(side):
            check_value(f"{subject.place} on the {side}'s side, {word}", loss, view)
        check_reads(f"{subject.place} on the {side}'s side", loss, sample_view(side))
        check_module(subject, lambda part, side=side: {"value": part(sample_view(side))})


def check_declarations(place: str, loss: Any) -> None:
    """Check that `sides` names sides, and `reads` fields that a view holds."""
    require(
        bool(loss.sides) and set(loss.sides) <= set(Side),
        f"{place}: sides must name {' or '.join(Side)}, and is {loss.sides!r}",
    )
    unknown = set(loss.reads) - VIEW_FIELDS - JUDGED_FIELDS
    known = ", ".join(sorted(VIEW_FIELDS | JUDGED_FIELDS))
    require(
        not unknown,
        f"{place}: reads names {', '.join(sorted(unknown))}, which no view holds; known: {known}",
    )


def check_value(place: str, loss: Any, view: StepView) -> None:
    """Check that in every kind of view its value and its gradients are finite, in float32."""
    value = loss(view)
    require(
        isinstance(value, Tensor) and value.dim() == 0 and value.dtype == torch.float32,
        f"{place}: its value must be a float32 scalar, and is {_kind(value)}",
    )
    require(bool(torch.isfinite(value)), f"{place}: its value is {value.item()}")
    require(value.requires_grad, f"{place}: its value cannot be differentiated")
    given = _leaves(view)
    gradients = torch.autograd.grad(value, given, allow_unused=True)
    reached = [gradient for gradient in gradients if gradient is not None]
    require(bool(reached), f"{place}: its value has no gradient for anything that it reads")
    require(
        all(bool(torch.isfinite(gradient).all()) for gradient in reached),
        f"{place}: its gradient holds nan or inf",
    )


def check_reads(place: str, loss: Any, view: StepView) -> None:
    """Check that it reads nothing but what it declares.

    A loss that declares `judged` may read all of it, unless it also names what of it it reads.
    """
    declared = frozenset(loss.reads)
    of_judged = declared & JUDGED_FIELDS or frozenset(JUDGED_FIELDS)
    judged = {size: Guarded(one, of_judged) for size, one in view.judged.items()}
    guarded = Guarded(_Replaced(view, judged), declared & VIEW_FIELDS | {"side"})
    try:
        loss(guarded)
    except Undeclared as error:
        raise AssertionError(
            f"{place}: it reads '{error}', but declares only {', '.join(sorted(declared))}"
        ) from None


@frozen
class _Replaced:
    """A view with other `judged`."""

    view: StepView
    judged: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.view, name)


def sample_view(side: Side, scale: float = 1.0, unconditional: bool = True) -> StepView:
    """Return a view of two resolutions whose tensors can be differentiated."""
    learnt = side is Side.GENERATOR
    judged = {
        size: Judged(
            fake=_logits(seed, scale, unconditional),
            real=_logits(seed + 1, scale, unconditional) if side is Side.DISCRIMINATOR else None,
            mismatched=(
                _logits(seed + 2, scale, unconditional) if side is Side.DISCRIMINATOR else None
            ),
            mismatched_weight=(
                torch.tensor([1.0, 0.0, 1.0, 1.0, 1.0]) if side is Side.DISCRIMINATOR else None
            ),
            interpolated=_logits(seed + 3, scale, unconditional) if learnt else None,
            fake_features=normal(BATCH, 8, 4, 4, seed=seed).requires_grad_(learnt),
            real_features=normal(BATCH, 8, 4, 4, seed=seed + 1),
        )
        for size, seed in ((8, 10), (16, 20))
    }
    images = {size: pictures(BATCH, size, seed=size).requires_grad_(learnt) for size in (8, 16)}
    conditions = {8: _condition(1, scale), 16: _condition(2, scale)}
    judges = {size: _judge() for size in (8, 16)}
    shown = {} if learnt else {size: _shown(images[size], scale, judges[size]) for size in judges}
    random = torch.Generator().manual_seed(3)
    words = Words(
        normal(BATCH, 4, WORD_WIDTH), torch.arange(4) < torch.tensor([4, 2, 0, 1, 3])[:, None]
    )
    by_source: dict[WordSource, Words] = {"caption": words}
    captions = normal(BATCH, WORD_WIDTH, seed=1)
    seen = None
    if learnt:
        regions = normal(BATCH, WORD_WIDTH, 9, seed=2).requires_grad_()
        seen = ImageFeatures(normal(BATCH, WORD_WIDTH, seed=3).requires_grad_(), regions)
    facts = _facts()
    return StepView(
        side,
        judged,
        conditions,
        images,
        shown,
        facts,
        random,
        by_source,
        captions,
        seen,
        judges=judges,
    )


def sample_views(side: Side) -> Iterator[tuple[str, StepView]]:
    """Return views of every kind that a step may show, with a word for each."""
    yield "usual logits", sample_view(side)
    yield "without an unconditional head", sample_view(side, unconditional=False)
    yield "with logits in the hundreds", sample_view(side, scale=100.0)
    if side is Side.DISCRIMINATOR:
        usual = sample_view(side)
        nobody = torch.zeros(BATCH)
        for word, changes in (
            ("without mismatched pairs", {"mismatched": None, "mismatched_weight": None}),
            ("with all pairs of the same picture", {"mismatched_weight": nobody}),
        ):
            judged = {size: evolve(one, **changes) for size, one in usual.judged.items()}
            yield word, evolve(usual, judged=judged)


def _logits(seed: int, scale: float, unconditional: bool) -> Logits:
    def leaf(number: int, *widths: int) -> Tensor:
        return (scale * normal(BATCH, *widths, seed=number)).requires_grad_()

    labels = leaf(seed + 200, sum(len(values) for values in ATTRIBUTES.values()))
    return Logits(leaf(seed), leaf(seed + 100) if unconditional else None, labels)


def _judge() -> SampleDiscriminator:
    with seeded(0):
        return SampleDiscriminator()


def _shown(fake: Tensor, scale: float, judge: SampleDiscriminator) -> Shown:
    size = fake.shape[-1]
    return Shown(pictures(BATCH, size, seed=size + 1), fake, _condition(3, scale).detach(), judge)


def _facts() -> Facts:
    """Return what two of three attributes were said to be; one truth cannot be seen."""
    counts = torch.tensor([len(values) for values in ATTRIBUTES.values()])
    truth = torch.arange(BATCH)[:, None] % counts
    truth[0, 1] = UNSEEN
    said = truth.clamp(min=0)
    said[:, 2] = UNKNOWN
    heard, turns = torch.arange(BATCH), torch.full((BATCH,), BATCH)
    rows = torch.arange(BATCH)
    return Facts(said, truth, rows % 2, rows, heard=heard, turns=turns)


def _condition(seed: int, scale: float) -> Condition:
    told = condition(BATCH, seed)
    # A variance of e^100 is no finite float32; ten deviations is as far as a net goes.
    return Condition(
        *(
            (min(scale, 10.0) * tensor).requires_grad_()
            for tensor in (told.embedding, told.code, told.mu, told.log_variance)
        )
    )


def _leaves(view: StepView) -> list[Tensor]:
    found: list[Tensor] = []
    for judged in view.judged.values():
        for logits in (judged.fake, judged.real, judged.mismatched, judged.interpolated):
            if logits is not None:
                heads = (logits.conditional, logits.unconditional, logits.labels)
                found += [head for head in heads if head is not None]
        found += [] if judged.fake_features is None else [judged.fake_features]
    for told in view.conditions.values():
        found += [told.embedding, told.code, told.mu, told.log_variance]
    for judge in view.judges.values():
        assert isinstance(judge, SampleDiscriminator)
        found += judge.parameters()
    found += view.images.values()
    if view.seen is not None and view.seen.regions is not None:
        found += [view.seen.pooled, view.seen.regions]
    return [tensor for tensor in found if tensor.requires_grad]


def _kind(value: object) -> str:
    if isinstance(value, Tensor):
        return f"{value.dtype} {list(value.shape)}"
    return type(value).__name__
