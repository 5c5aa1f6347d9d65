"""The state of a training as a checkpoint, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from painterkit.checkpoints.checkpoint import Checkpoint, check_same
from painterkit.training.phase import ActivePhase


def collect(
    phase: ActivePhase, position: tuple[int, int, int], random: Mapping[str, Tensor]
) -> Checkpoint:
    """Collect the state of a phase at (phase, step, images); the tensors are the live ones."""
    index, step, images = position
    under_way = step > 0
    return Checkpoint(
        phase=index,
        phase_name=phase.settings.name,
        step=step,
        images=images,
        model=dict(_model_tensors(phase, with_step=under_way)),
        average={} if phase.average is None else phase.average.tensors,
        optimizers=dict(_optimizer_tensors(phase)),
        random=random,
    )


def restore(checkpoint: Checkpoint, phase: ActivePhase) -> None:
    """Bring the parts, the optimizers and the average of a phase to a checkpoint.

    At a phase's start the optimizers are fresh unless it keeps them, and the average starts from
    the parts. Raises Failure where the tensors are not those of the recipe's parts.
    """
    under_way = checkpoint.step > 0
    live = dict(_model_tensors(phase, with_step=under_way))
    check_same(live, checkpoint.model, checkpoint.origin)
    with torch.no_grad():
        for name, tensor in live.items():
            tensor.copy_(checkpoint.model[name])
    if under_way or phase.settings.keep_optimizers:
        _restore_optimizers(phase, checkpoint.optimizers)
    if phase.average is not None:
        # The average was begun before the parts had their values.
        phase.average.restore(checkpoint.average if under_way else phase.average.live)


def _model_tensors(phase: ActivePhase, with_step: bool) -> Iterator[tuple[str, Tensor]]:
    for part, module in phase.modules.items():
        if part == "step" and not with_step:
            continue
        yield from module.state_dict(prefix=f"{part}.").items()


def _optimizer_tensors(phase: ActivePhase) -> Iterator[tuple[str, Tensor]]:
    for optimizer_name, optimizer in phase.optimizers.items():
        for name, parameter in phase.trained[optimizer_name].items():
            for key, value in optimizer.state.get(parameter, {}).items():
                yield f"{optimizer_name}/{key}/{name}", value


def _restore_optimizers(phase: ActivePhase, tensors: Mapping[str, Tensor]) -> None:
    for key, value in tensors.items():
        optimizer_name, field, name = key.split("/", 2)
        parameter = phase.trained.get(optimizer_name, {}).get(name)
        if parameter is not None:
            state = phase.optimizers[optimizer_name].state[parameter]
            # The layout must be the parameter's: fused Adam runs through the memory of both.
            like = parameter if value.shape == parameter.shape else value.to(parameter.device)
            state[field] = torch.empty_like(like, requires_grad=False).copy_(value)
