"""What Stage-II is trained on is the very Stage-I that pictures are drawn with.

Other trainers of two stages sample with one Stage-I, averaged or in eval mode, and train Stage-II
on another. Here a phase's average is adopted at its end, and what the next phase does not train
stands still, batch-norm's statistics included.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from torch import Tensor

from painterkit.assembly import assemble, build_dataset
from painterkit.checkpoints.checkpoint import Checkpoint, load_checkpoint
from painterkit.data.prepared import cache_folder
from painterkit.generation.load_painter import load_painter
from painterkit.generation.splits import PreparedSplit
from painterkit.plugins import load_plugins
from painterkit.training.trainer import Trainer

from ..conftest import BOUNDARY, END, Workshop, differences

FROZEN = ("generator.stage1.", "dialogue_encoder.")


def frozen_of(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name: tensor.detach().clone() for name, tensor in tensors.items() if name.startswith(FROZEN)
    }


def test_stage_one_and_the_reader_do_not_move_in_phase_two(reference: Path) -> None:
    boundary = frozen_of(dict(load_checkpoint(reference / "checkpoints" / BOUNDARY).model))
    assert any("running_var" in name for name in boundary)
    assert any(name.startswith("dialogue_encoder.") for name in boundary)
    later = sorted((reference / "checkpoints").glob("*-stage-2"))
    assert len(later) == 6
    for path in later:
        checkpoint = load_checkpoint(path)
        assert differences(frozen_of(dict(checkpoint.model)), boundary) == [], path.name
        assert differences(frozen_of(checkpoint.drawing()), boundary) == [], path.name
        assert not any(name.startswith(FROZEN) for name in checkpoint.average), path.name


def test_a_painter_draws_with_the_stage_one_that_stage_two_was_trained_on(
    in_workshop: Workshop, reference: Path
) -> None:
    boundary = frozen_of(dict(load_checkpoint(reference / "checkpoints" / BOUNDARY).model))
    under_way = in_workshop.folder / "under way"
    shutil.copytree(reference, under_way, ignore=shutil.ignore_patterns("0*"))
    newest = "000000200-stage-2"
    shutil.copytree(reference / "checkpoints" / newest, under_way / "checkpoints" / newest)
    for run in (under_way, reference):
        painter = load_painter(run)
        live = painter.assembly.parts.state_dict()
        assert differences(frozen_of(live), boundary) == [], run.name
        name = newest if run is under_way else END
        drawing = load_checkpoint(run / "checkpoints" / name).drawing()
        stage2 = [name for name in drawing if name.startswith("generator.stage2.")]
        assert stage2
        assert all(torch.equal(live[name], drawing[name]) for name in stage2), run.name


def test_while_stage_two_trains_every_use_of_stage_one_is_the_adopted_one(
    in_workshop: Workshop,
) -> None:
    """Watch each forward pass of Stage-I in the second phase, and what the first phase adopts."""
    plugins, recipe = load_plugins(), in_workshop.small()
    cache = cache_folder()
    dataset = build_dataset(recipe, plugins.registry, cache)
    assembly = assemble(recipe, plugins.registry, cache, dataset)
    train = PreparedSplit(assembly, "train", torch.device("cpu"))
    stage1 = assembly.parts.generator.stage1
    slow = frozen_of(assembly.parts.state_dict())
    saved: list[Checkpoint] = []
    seen: list[dict[str, Tensor]] = []
    modes: set[bool] = set()

    def follow() -> bool:
        """Average the first phase's weights by hand, after every step."""
        if not saved:
            for name, tensor in frozen_of(assembly.parts.state_dict()).items():
                if tensor.is_floating_point():
                    slow[name].lerp_(tensor, 0.1)
                else:
                    slow[name].copy_(tensor)
        return False

    def save(checkpoint: Checkpoint) -> None:
        if checkpoint.phase == 1 and not saved:
            live = frozen_of(dict(checkpoint.model))
            assert len(live) == len(slow)
            for name, tensor in live.items():
                torch.testing.assert_close(tensor, slow[name], rtol=1e-4, atol=1e-6)
            saved.append(checkpoint)
            seen.append(live)

    def watch(module: torch.nn.Module, _: object) -> None:
        if saved:
            modes.update(part.training for part in module.modules())
            seen.append(frozen_of(assembly.parts.state_dict()))

    handle = stage1.register_forward_pre_hook(watch)
    device = torch.device("cpu")
    assert Trainer(assembly, train, [], save, lambda _: None, follow, device).run()
    handle.remove()
    adopted, *uses = seen
    assert len(uses) == 16, "once a step"
    assert modes == {False}, "in eval mode, as it is sampled with"
    for number, use in enumerate(uses):
        assert differences(use, adopted) == [], number
