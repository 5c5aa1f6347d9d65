"""One phase under way: what it trains, what is frozen, and how an update is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.optim import Adam

from painterkit.assembly import Assembly
from painterkit.interfaces.training_step import TrainingStep, Update
from painterkit.recipe_file.schema import Optimizer, Phase
from painterkit.trainable import modules_of_phase, under
from painterkit.training.ema import Average
from painterkit.training.schedule import learning_rate, steps_of

DRAWING_PARTS = ("caption_encoder", "turn_encoder", "dialogue_encoder", "generator")
"""The parts that a picture is drawn with: what a phase's average is kept of."""


class ActivePhase:
    """Hold what one phase trains.

    What no optimizer lists is frozen, without gradients and in eval mode, batch-norm included.
    """

    def __init__(self, assembly: Assembly, index: int, count: int) -> None:
        self.index = index
        self.settings: Phase = assembly.recipe.phases[index]
        self.step: TrainingStep = assembly.steps[index]
        self.count = count
        self.steps = steps_of(self.settings.until, count, self.settings.batch)
        self.modules = modules_of_phase(assembly.parts, self.step)
        self.trained = {
            name: _named_under(self.modules, optimizer.train)
            for name, optimizer in self.settings.optimizers.items()
        }
        self._freeze_the_rest()
        self.optimizers = {
            name: _optimizer(optimizer, self.trained[name])
            for name, optimizer in self.settings.optimizers.items()
        }
        self.average = self._average()

    def apply(self, update: Update, step: int) -> None:
        """Make one update: clear, differentiate for its own parameters alone, clip, step."""
        parameters = [
            parameter for name in update.optimizers for parameter in self.trained[name].values()
        ]
        for parameter in parameters:
            parameter.grad = None
        update.loss.backward(inputs=parameters)
        for name in update.optimizers:
            settings, optimizer = self.settings.optimizers[name], self.optimizers[name]
            if settings.clip is not None:
                nn.utils.clip_grad_norm_(list(self.trained[name].values()), settings.clip)
            rate = learning_rate(settings, step, self.count, self.settings.batch)
            for group in optimizer.param_groups:
                group["lr"] = rate * group["factor"]
            optimizer.step()

    def finish(self) -> None:
        """End the phase: the average becomes the part, where the recipe says so, and is no more.

        Otherwise it stays beside the part, to be drawn with and saved.
        """
        ema = self.settings.ema
        if self.average is not None and ema is not None and ema.adopt:
            self.average.adopt()
            self.average = None

    def set_modes(self) -> None:
        """Put what is trained in train mode and everything else in eval mode."""
        prefixes = [
            prefix for optimizer in self.settings.optimizers.values() for prefix in optimizer.train
        ]
        for part, module in self.modules.items():
            for name, submodule in module.named_modules(prefix=part):
                submodule.training = any(under(name, prefix) for prefix in prefixes)

    def _freeze_the_rest(self) -> None:
        trained = {id(p) for parameters in self.trained.values() for p in parameters.values()}
        for module in self.modules.values():
            for parameter in module.parameters():
                parameter.requires_grad_(id(parameter) in trained)
                parameter.grad = None
        self.set_modes()

    def _average(self) -> Average | None:
        if self.settings.ema is None:
            return None
        prefixes = [
            prefix
            for optimizer in self.settings.optimizers.values()
            for prefix in optimizer.train
            if prefix.split(".")[0] in DRAWING_PARTS
        ]
        live: dict[str, Tensor] = {}
        for part, module in self.modules.items():
            for name, tensor in [*module.named_parameters(part), *module.named_buffers(part)]:
                if any(under(name, prefix) for prefix in prefixes):
                    live[name] = tensor
        return Average(live, self.settings.ema.decay) if live else None


def _named_under(
    modules: Mapping[str, nn.Module], prefixes: Sequence[str]
) -> dict[str, nn.Parameter]:
    return {
        name: parameter
        for part, module in modules.items()
        for name, parameter in module.named_parameters(part)
        if any(under(name, prefix) for prefix in prefixes)
    }


def _optimizer(settings: Optimizer, trained: Mapping[str, nn.Parameter]) -> torch.optim.Optimizer:
    """Build the optimizer, with a group of parameters for each factor of the learning rate."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in trained.items():
        groups.setdefault(_rate_factor(settings, name), []).append(parameter)
    return Adam(
        [{"params": parameters, "factor": factor} for factor, parameters in groups.items()],
        lr=settings.learning_rate,
        betas=settings.betas,
        fused=True,
    )


def _rate_factor(optimizer: Optimizer, parameter: str) -> float:
    """Return what a parameter's learning rate is multiplied by: the longest name decides."""
    named = [prefix for prefix in optimizer.rate_factors if under(parameter, prefix)]
    return optimizer.rate_factors[max(named, key=len)] if named else 1.0
