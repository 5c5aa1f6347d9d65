"""A step that asks for more batches than its own: a critic that is updated several times."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from painterkit.assembly import Assembly
from painterkit.generation.splits import PreparedSplit
from painterkit.training.trainer import Trainer

from ..small_recipe import Table

MakeAssembly = Callable[[Table], Assembly]
Rows = tuple[int, ...]

STEPS, BATCH = 6, 4
CPU = torch.device("cpu")


def trained(
    assembled: MakeAssembly, table: Table, monkeypatch: pytest.MonkeyPatch, critic_steps: int
) -> tuple[list[Rows], list[Rows], int]:
    """Train; return the rows of the batches that were made, those of the real pictures that the
    discriminator saw, and how many pictures count as seen."""
    [phase] = table["phases"] = [table["phases"][0]]
    phase["until"] = {"steps": STEPS}
    phase["step"]["critic_steps"] = critic_steps
    assembly = assembled(table)
    split = PreparedSplit(assembly, "train", CPU)
    trainer = Trainer(assembly, split, [], lambda _: None, lambda _: None, lambda: False, CPU)
    batches = split.with_vectors()
    made: list[Rows] = []
    pictures: list[Rows] = []
    make = batches.batch

    def recording(rows: np.ndarray, *given: object, **named: object) -> object:
        made.append(tuple(map(int, rows)))
        return make(rows, *given, **named)  # pyright: ignore

    monkeypatch.setattr(batches, "batch", recording)
    monkeypatch.setattr(split, "with_vectors", lambda: batches)
    shown = batches.pictures(np.arange(len(split.conversations)), [8])[8]

    def watch(module: object, given: tuple[torch.Tensor, ...]) -> None:
        matches = [(shown == one).flatten(1).all(dim=1).nonzero().flatten() for one in given[0]]
        if all(len(found) for found in matches):
            pictures.append(tuple(int(found[0]) for found in matches))

    assembly.parts.discriminator(8).trunk.register_forward_pre_hook(watch)
    assert trainer.run()
    return made, pictures, trainer.position.images


def test_each_critic_step_sees_other_rows(
    assembled: MakeAssembly, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, pictures, images = trained(assembled, table, monkeypatch, critic_steps=3)
    assert len(made) == 3 * STEPS
    assert pictures == made_in_order(made), "the critic saw other pictures than those batches'"
    for step in range(STEPS):
        rows = made[3 * step : 3 * step + 3]
        assert len({frozenset(one) for one in rows}) == 3
        assert {len(set(one)) for one in rows} == {BATCH}
    assert images == STEPS * BATCH, "further batches count for nothing"


def made_in_order(made: list[Rows]) -> list[Rows]:
    """Return the batches as they are judged: a step's own is made first and judged last."""
    steps = [made[place : place + 3] for place in range(0, len(made), 3)]
    return [one for own, *others in steps for one in (*others, own)]


def test_no_batch_is_made_that_nobody_asks_for(
    assembled: MakeAssembly, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, pictures, images = trained(assembled, table, monkeypatch, critic_steps=1)
    assert len(made) == STEPS
    assert pictures == made
    assert images == STEPS * BATCH
    with_more, *_ = trained(assembled, table, monkeypatch, critic_steps=3)
    assert with_more[::3] == made, "a step's own batch is the same, however many it asks for"
