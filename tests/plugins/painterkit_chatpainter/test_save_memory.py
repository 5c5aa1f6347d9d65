"""With `save_memory` a training is the same training."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from painterkit.assembly import Assembly
from painterkit.interfaces.training_step import StepContext
from painterkit.registry import Registry
from painterkit.testing import sample_batch
from painterkit.testing.subject import CAPTION_WIDTH, TURN_WIDTH
from painterkit.training.phase import ActivePhase

from ...small_recipe import SMALL, Table, assemble_table

STEPS = 3


def table_of(norm: str, stage: int, residual_picture: bool, save_memory: bool) -> Table:
    table = deepcopy(SMALL)
    parts = table["parts"]
    parts["caption_encoder"]["width"] = CAPTION_WIDTH
    parts["turn_encoder"] = {"use": "hashed-words", "width": TURN_WIDTH}
    parts["generator"] |= {"save_memory": save_memory, "residual_picture": residual_picture}
    for judge in parts["discriminators"].values():
        judge |= {"save_memory": save_memory, "norm": norm, "unconditional": True}
    resolution = {1: 8, 2: 16}[stage]
    read = ["dialogue_encoder"] if stage == 1 else []
    table["phases"] = [
        {
            "name": "only",
            "until": {"steps": STEPS},
            "batch": 5,
            "optimizers": {
                "generator": {"train": [f"generator.stage{stage}", *read]},
                "discriminator": {"train": [f"discriminators.{resolution}"]},
            },
            "step": {
                "use": "adversarial",
                "resolutions": [resolution],
                "losses": {"matching": "matching-aware", "kl": "kl"},
            },
            "ema": {"decay": 0.5},
        }
    ]
    return table


def trained(assembly: Assembly) -> dict[str, Tensor]:
    """Make some steps as the trainer does; return gradients, weights, buffers and the average."""
    phase = ActivePhase(assembly, 0, 100)
    shared, local = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    for step in range(STEPS):
        context = StepContext(step, 0, shared, local, assembly.turns, assembly.noise)
        batch = sample_batch(phase.step.resolutions)
        for update in phase.step.step(assembly.parts, batch, context):
            phase.apply(update, step)
        assert phase.average is not None
        phase.average.update()
    assert phase.average is not None
    found = {f"average {name}": tensor for name, tensor in phase.average.tensors.items()}
    for name, parameter in assembly.parts.named_parameters():
        if parameter.grad is not None:
            found[f"gradient of {name}"] = parameter.grad
    return found | {name: t.detach() for name, t in assembly.parts.state_dict().items()}


@pytest.mark.parametrize("residual_picture", [False, True], ids=["anew", "residual"])
@pytest.mark.parametrize("stage", [1, 2])
@pytest.mark.parametrize("norm", ["batch", "spectral", "none"])
def test_the_training_is_the_same(
    registry: Registry, tmp_path: Path, norm: str, stage: int, residual_picture: bool
) -> None:
    def run(save_memory: bool) -> dict[str, Tensor]:
        table: Any = table_of(norm, stage, residual_picture, save_memory)
        return trained(assemble_table(table, registry, tmp_path))

    usual, saved = run(save_memory=False), run(save_memory=True)
    assert usual.keys() == saved.keys()
    assert any(name.startswith("gradient of generator") for name in usual)
    assert any(name.startswith("gradient of discriminators") for name in usual)
    for name in usual:
        torch.testing.assert_close(saved[name], usual[name], rtol=1e-4, atol=1e-6, msg=name)
    counts = [name for name in usual if name.endswith("num_batches_tracked")]
    assert counts
    assert all(torch.equal(saved[name], usual[name]) for name in counts)
