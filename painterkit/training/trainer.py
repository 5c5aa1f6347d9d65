"""The one training loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import torch
from attrs import evolve, frozen

from painterkit.assembly import Assembly
from painterkit.checkpoints.checkpoint import Checkpoint
from painterkit.data.batch import Batch
from painterkit.data.batches import Batches
from painterkit.data.order import step_rows
from painterkit.generation.splits import PreparedSplit
from painterkit.interfaces.reporter import Reporter, Tick
from painterkit.interfaces.training_step import StepContext, TrainingStep
from painterkit.trainable import trains
from painterkit.training.finite import Sums, check_losses, check_tensors
from painterkit.training.phase import ActivePhase
from painterkit.training.precision import autocast
from painterkit.training.randomness import Randomness
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


class Trainer:
    """Train the phases of a recipe in order.

    `save` is called with everything a resumed training needs, `draw` where a sample grid is due.
    `stopping` is asked after each step whether to stop there.
    """

    def __init__(
        self,
        assembly: Assembly,
        data: PreparedSplit,
        reporters: Sequence[Reporter],
        save: Callable[[Checkpoint], None],
        draw: Callable[[Position], None],
        stopping: Callable[[], bool],
        device: torch.device,
    ) -> None:
        self.assembly = assembly
        self.data = data
        self.reporters = reporters
        self.save = save
        self.draw = draw
        self.stopping = stopping
        self.device = device
        self.position = Position()
        self.randomness = Randomness(assembly.recipe.seed, device)

    def run(self, resumed: Checkpoint | None = None) -> bool:
        """Train to the end, or until told to stop; return whether it came to the end.

        Raises Failure where a loss or a weight is not finite; the last checkpoint stays as it is.
        """
        with self.randomness.lent():
            if resumed is not None:
                self.position = Position(resumed.phase, resumed.step, resumed.images)
                self.randomness.restore(resumed.random, resumed.origin)
            return self._run_phases(resumed)

    def _run_phases(self, carried: Checkpoint | None) -> bool:
        for index in range(self.position.phase, len(self.assembly.recipe.phases)):
            phase = ActivePhase(self.assembly, index, len(self.data.conversations))
            if carried is not None:
                restore(carried, phase)
            batches = self._batches(phase.step)
            phase.set_modes()
            if not self._run_phase(phase, batches):
                return False
            phase.finish()
            if trains(phase.settings, "generator"):
                self._draw(phase)
            self.position = evolve(self.position, phase=index + 1, step=0)
            carried = self._state(phase)
            self.save(carried)
            if index + 1 < len(self.assembly.recipe.phases) and self.stopping():
                return False
        return True

    def _batches(self, step: TrainingStep) -> Batches:
        """Return the batches that a step needs; a text encoder that was trained reads again."""
        return self.data.with_tokens(step.tokens) if step.tokens else self.data.with_vectors()

    def _run_phase(self, phase: ActivePhase, batches: Batches) -> bool:
        settings = phase.settings
        save_every = steps_of(self.assembly.recipe.checkpoints.every, phase.count, settings.batch)
        draw_every = steps_of(self.assembly.recipe.samples.every, phase.count, settings.batch)
        for reporter in self.reporters:
            reporter.phase(settings.name, self.position.step, phase.steps)
        sums, since = Sums(), time.perf_counter()
        while self.position.step < phase.steps:
            self._step(phase, batches, sums)
            step = self.position.step
            last = step == phase.steps
            stopping = self.stopping()
            # At its last step the phase is over, and saved as such.
            saving = (stopping or step % save_every == 0) and not last
            if step % TICK_STEPS == 0 or last or saving:
                check_losses(sums, settings.name, step)
                self._tick(sums, phase, time.perf_counter() - since)
                sums, since = Sums(), time.perf_counter()
            paused = time.perf_counter()
            # Drawn before it is saved: a training killed in between draws it again.
            if step % draw_every == 0 and not last and trains(phase.settings, "generator"):
                self._draw(phase)
            if saving:
                self.save(self._state(phase))
            since += time.perf_counter() - paused
            if stopping and not last:
                return False
        return True

    def _step(self, phase: ActivePhase, batches: Batches, sums: Sums) -> None:
        recipe, step = self.assembly.recipe, self.position.step
        batch = self._batch(phase, batches)
        context = StepContext(
            step=step,
            images_seen=self.position.images,
            shared=self.randomness.shared,
            local=self.randomness.local,
            turns=self.assembly.turns,
            noise=self.assembly.noise,
            another=partial(self._batch, phase, batches),
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
        sums.end_step()
        images = self.position.images + phase.settings.batch
        self.position = evolve(self.position, step=step + 1, images=images)

    def _batch(self, phase: ActivePhase, batches: Batches, number: int = 0) -> Batch:
        """Return the batch of this step, or a further one of a number from 1 on."""
        seed, step, size = self.assembly.recipe.seed, self.position.step, phase.settings.batch
        epoch, rows = step_rows(seed, phase.index, step, phase.count, size, number)
        wanted = phase.step
        return batches.batch(rows, wanted.resolutions, epoch, wanted.extras, phase=phase.index)

    def _tick(self, sums: Sums, phase: ActivePhase, seconds: float) -> None:
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

    def _draw(self, phase: ActivePhase) -> None:
        if phase.average is None:
            self.draw(self.position)
        else:
            with phase.average.applied():
                self.draw(self.position)
        phase.set_modes()

    def _state(self, phase: ActivePhase) -> Checkpoint:
        state = collect(
            phase,
            position=(self.position.phase, self.position.step, self.position.images),
            random=self.randomness.state(),
        )
        step = self.position.step or phase.steps
        for tensors in (*phase.trained.values(), state.optimizers):
            check_tensors(tensors, phase.settings.name, step)
        return state
