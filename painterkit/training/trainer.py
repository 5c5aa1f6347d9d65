"""The one training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence

import torch
from attrs import define, evolve, field, frozen
from torch import Tensor

from painterkit.assembly import Assembly
from painterkit.checkpoints.checkpoint import Checkpoint
from painterkit.data.batches import Batches
from painterkit.data.order import step_rows
from painterkit.errors import Failure, Problem
from painterkit.interfaces.training_step import StepContext
from painterkit.reporting.reporter import Reporter, Tick
from painterkit.training.phase import ActivePhase
from painterkit.training.precision import autocast
from painterkit.training.schedule import steps_of
from painterkit.training.state import collect, restore

TICK_STEPS = 20
"""Steps between two looks at the metrics: each look waits for the device."""


@frozen
class Position:
    """How far a training has come: the next step of a phase, and the pictures seen in all."""

    phase: int = 0
    step: int = 0
    images: int = 0


@define
class _Sums:
    """Metrics added up on the device since the last tick, and whether a loss was not finite."""

    totals: dict[str, Tensor] = field(factory=dict)
    steps: int = 0
    broken: Tensor | None = None

    def add(self, loss: Tensor, metrics: Mapping[str, Tensor]) -> None:
        for name, value in metrics.items():
            self.totals[name] = self.totals[name] + value if name in self.totals else value
        broken = ~torch.isfinite(loss.detach())
        self.broken = broken if self.broken is None else self.broken | broken

    def means(self) -> dict[str, float]:
        return {name: float(total) / max(self.steps, 1) for name, total in self.totals.items()}


class Trainer:
    """Train the phases of a recipe in order.

    `save` is called with everything a resumed training needs, `draw` where a sample grid is due.
    `stopping` is asked after each step whether to stop there.
    """

    def __init__(
        self,
        assembly: Assembly,
        batches: Batches,
        reporters: Sequence[Reporter],
        save: Callable[[Checkpoint], None],
        draw: Callable[[Position], None],
        stopping: Callable[[], bool],
        device: torch.device,
    ) -> None:
        self.assembly = assembly
        self.batches = batches
        self.reporters = reporters
        self.save = save
        self.draw = draw
        self.stopping = stopping
        self.device = device
        self.position = Position()
        self.shared = torch.Generator(device).manual_seed(assembly.recipe.seed)
        self.local = torch.Generator(device).manual_seed(assembly.recipe.seed + 1)

    def run(self, resumed: Checkpoint | None = None) -> bool:
        """Train to the end, or until told to stop; return whether it came to the end.

        Raises Failure where a loss is not finite; the last checkpoint stays as it is.
        """
        if resumed is not None:
            self.position = Position(resumed.phase, resumed.step, resumed.images)
            self.shared.set_state(resumed.random["shared"])
            self.local.set_state(resumed.random["local"])
            torch.set_rng_state(resumed.random["torch"])
        carried = resumed
        for index in range(self.position.phase, len(self.assembly.recipe.phases)):
            phase = ActivePhase(self.assembly, index, len(self.batches.conversations))
            if carried is not None:
                restore(carried, phase)
            if not self._run_phase(phase):
                return False
            phase.finish()
            self.position = evolve(self.position, phase=index + 1, step=0)
            carried = self._state(phase)
            self.save(carried)
            self.draw(self.position)
        return True

    def _run_phase(self, phase: ActivePhase) -> bool:
        settings = phase.settings
        save_every = steps_of(self.assembly.recipe.checkpoints.every, phase.count, settings.batch)
        draw_every = steps_of(self.assembly.recipe.samples.every, phase.count, settings.batch)
        for reporter in self.reporters:
            reporter.phase(settings.name, self.position.step, phase.steps)
        sums, since = _Sums(), time.perf_counter()
        while self.position.step < phase.steps:
            self._step(phase, sums)
            step = self.position.step
            last = step == phase.steps
            stopping = self.stopping()
            saving = stopping or (step % save_every == 0 and not last)
            if step % TICK_STEPS == 0 or last or saving:
                self._check_finite(sums, phase)
                self._tick(sums, phase, time.perf_counter() - since)
                sums, since = _Sums(), time.perf_counter()
            if saving:
                self.save(self._state(phase))
            if stopping:
                return False
            if step % draw_every == 0 and not last:
                self._draw(phase)
                since = time.perf_counter()
        return True

    def _step(self, phase: ActivePhase, sums: _Sums) -> None:
        recipe, step = self.assembly.recipe, self.position.step
        batch_size = phase.settings.batch
        epoch, rows = step_rows(recipe.seed, phase.index, step, phase.count, batch_size)
        batch = self.batches.batch(rows, phase.step.resolutions, epoch)
        context = StepContext(
            step=step,
            images_seen=self.position.images,
            shared=self.shared,
            local=self.local,
            turns=self.assembly.turns,
            noise=self.assembly.noise,
        )
        updates = phase.step.step(self.assembly.parts, batch, context)
        while True:
            with autocast(recipe.precision, self.device):
                update = next(updates, None)
            if update is None:
                break
            phase.apply(update, step)
            sums.add(update.loss, update.metrics)
        if phase.average is not None:
            phase.average.update()
        sums.steps += 1
        self.position = evolve(
            self.position, step=step + 1, images=self.position.images + batch_size
        )

    def _tick(self, sums: _Sums, phase: ActivePhase, seconds: float) -> None:
        tick = Tick(
            phase=phase.settings.name,
            step=self.position.step,
            steps=phase.steps,
            images=self.position.images,
            images_per_second=sums.steps * phase.settings.batch / max(seconds, 1e-9),
            metrics=sums.means(),
        )
        for reporter in self.reporters:
            reporter.tick(tick)

    def _check_finite(self, sums: _Sums, phase: ActivePhase) -> None:
        if sums.broken is not None and bool(sums.broken):
            named = [name for name, value in sums.means().items() if not math.isfinite(value)]
            raise Failure(
                Problem(
                    f"phase '{phase.settings.name}', step {self.position.step}",
                    f"the loss is no longer a finite number ({', '.join(named) or 'sum'})",
                    "the last checkpoint is whole; lower the learning rate, give the optimizer "
                    "a clip, or set precision to fp32, and train again",
                )
            )

    def _draw(self, phase: ActivePhase) -> None:
        if phase.average is None:
            self.draw(self.position)
        else:
            with phase.average.applied():
                self.draw(self.position)
        phase.set_modes()

    def _state(self, phase: ActivePhase) -> Checkpoint:
        return collect(
            phase,
            position=(self.position.phase, self.position.step, self.position.images),
            random={
                "shared": self.shared.get_state(),
                "local": self.local.get_state(),
                "torch": torch.get_rng_state(),
            },
        )
