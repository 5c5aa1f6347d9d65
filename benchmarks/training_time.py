"""How long the phases of two recipes take, measured by turns in one run.

    python -m benchmarks.training_time --recipe dfgan_dialogue --against chatpainter_rnn
        [--set key=value ...] [--set-against key=value ...] [--seconds 4] [--rounds 5]

Machines are faster at one time than at another, so that two trainings one after the other tell
little of which of them is longer. Here every phase of both is trained for some seconds, then all of
them again; what a phase's text encoder reads anew before it is added. Faces and vectors that are
prepared once a machine, checkpoints and sample grids are left out.
"""

from __future__ import annotations

import argparse
import statistics
import time

from attrs import define, field

from benchmarks.training_step import assembled, started
from painterkit.data.batches import Batches
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.recipe_file.schema import Recipe
from painterkit.training.finite import Sums
from painterkit.training.fit import fit_parts
from painterkit.training.phase import ActivePhase
from painterkit.training.trainer import Trainer


@define
class TimedPhase:
    """A phase that is trained a little now and then."""

    recipe: str
    trainer: Trainer
    phase: ActivePhase
    batches: Batches
    reading: float
    paces: list[float] = field(factory=list)

    def train(self, seconds: float) -> None:
        """Take as many steps as fit, and note how many pictures a second that is."""
        sums, steps, start = Sums(), 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            self.trainer._step(self.phase, self.batches, sums)
            steps += 1
        self.paces.append(steps * self.phase.settings.batch / (time.perf_counter() - start))

    @property
    def images(self) -> int:
        """How many pictures it sees in the recipe."""
        return self.phase.steps * self.phase.settings.batch

    @property
    def pace(self) -> float:
        """How many pictures a second it sees: the median round, as the first one is slow."""
        return statistics.median(self.paces)

    @property
    def seconds(self) -> float:
        """How long it takes in the recipe at this pace."""
        return self.reading + self.images / self.pace


def timed_phases(recipe: Recipe, plugins: LoadedPlugins) -> list[TimedPhase]:
    """Make ready each phase of a recipe, with parts of its own: what is frozen differs."""
    found: list[TimedPhase] = []
    for index in range(len(recipe.phases)):
        assembly, train = assembled(recipe, plugins)
        fit_parts(assembly.parts, train)
        trainer, phase = started(assembly, train, index)
        start = time.perf_counter()
        batches = trainer._batches(phase.step)
        reading = time.perf_counter() - start
        found.append(TimedPhase(recipe.name, trainer, phase, batches, reading))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--against", default="chatpainter_rnn")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--set-against", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    plugins = load_plugins()
    ours, theirs = (
        timed_phases(load_recipe(name, plugins, changes).recipe, plugins)
        for name, changes in (
            (arguments.recipe, arguments.set),
            (arguments.against, arguments.set_against),
        )
    )
    for _ in range(arguments.rounds):
        for one in (*ours, *theirs):
            one.train(arguments.seconds)
    for one in (*ours, *theirs):
        print(
            f"{one.recipe}, {one.phase.settings.name}: {one.images:,} images at "
            f"{one.pace:,.1f} a second, {one.seconds:.1f} seconds"
        )
    total, other = (sum(one.seconds for one in side) for side in (ours, theirs))
    print(f"{total:.0f} seconds against {other:.0f}: {total / other:.2f} times as long")


if __name__ == "__main__":
    main()
