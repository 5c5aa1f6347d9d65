from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from painterkit.assembly import Assembly
from painterkit.data.batch import Batch
from painterkit.interfaces.training_step import StepContext, Update
from painterkit.testing.inputs import normal, pictures
from painterkit.training.phase import ActivePhase

Table = dict[str, Any]
Assembled = Callable[[Table], Assembly]
COUNT = 12


def batch(seed: int = 0) -> Batch:
    lengths = torch.tensor([3, 1, 0, 2])
    full = pictures(4, 16, seed)
    return Batch(
        rows=torch.arange(4),
        image_rows=torch.arange(4),
        images={16: full, 8: nn.functional.avg_pool2d(full, 2)},
        captions=normal(4, 8, seed=seed),
        turns=normal(4, 3, 8, seed=seed + 1),
        turn_mask=torch.arange(3) < lengths[:, None],
    )


def updates(assembly: Assembly, phase: ActivePhase, step: int = 0) -> Iterator[Update]:
    context = StepContext(
        step=step,
        images_seen=4 * step,
        shared=torch.Generator().manual_seed(step),
        local=torch.Generator().manual_seed(step + 1),
        turns=assembly.turns,
        noise=assembly.noise,
    )
    return phase.step.step(assembly.parts, batch(step), context)


def run(assembly: Assembly, phase: ActivePhase, steps: int = 1) -> None:
    for step in range(steps):
        for update in updates(assembly, phase, step):
            phase.apply(update, step)


def copies(module: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


def changed(module: nn.Module, before: dict[str, Tensor]) -> set[str]:
    return {
        name
        for name, tensor in module.state_dict().items()
        if not torch.equal(tensor, before[name])
    }


def test_a_phase_counts_its_steps_and_names_what_it_trains(assembly: Assembly) -> None:
    phase = ActivePhase(assembly, 0, COUNT)
    assert phase.steps == 6
    assert phase.trained["discriminator"].keys() == {
        f"discriminators.8.{name}" for name, _ in assembly.parts.discriminator(8).named_parameters()
    }
    words = {".".join(name.split(".")[:2]) for name in phase.trained["generator"]}
    assert words == {"generator.stage1", "dialogue_encoder.lstm"}


def test_what_no_optimizer_lists_has_no_gradients_and_is_in_eval_mode(assembly: Assembly) -> None:
    trained = {0: ("generator.stage1", "dialogue_encoder", "discriminators.8")}
    trained[1] = ("generator.stage2", "discriminators.16")
    for index, prefixes in trained.items():
        ActivePhase(assembly, index, COUNT)
        for name, parameter in assembly.parts.named_parameters():
            expected = name.startswith(tuple(f"{prefix}." for prefix in prefixes))
            assert parameter.requires_grad == expected, name
        for name, module in assembly.parts.named_modules():
            if name.startswith(tuple(f"{prefix}." for prefix in prefixes)) or name in prefixes:
                assert module.training, name
            elif isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d):
                assert not module.training, name


def test_stage_two_leaves_stage_one_as_it_was_statistics_included(assembly: Assembly) -> None:
    run(assembly, ActivePhase(assembly, 0, COUNT), steps=2)
    phase = ActivePhase(assembly, 1, COUNT)
    before = copies(assembly.parts)
    run(assembly, phase, steps=3)
    moved = changed(assembly.parts, before)
    assert any(name.startswith("generator.stage2.") for name in moved)
    assert any("running_mean" in name for name in moved)
    frozen = ("generator.stage1.", "dialogue_encoder.", "discriminators.8.")
    assert [name for name in moved if name.startswith(frozen)] == []
    assert any("running_mean" in name for name in before if name.startswith(frozen))


def test_a_prefix_trains_whole_modules_alone(assembled: Assembled, table: Table) -> None:
    """`stage1` is not `stage10`."""
    assembly = assembled(table)
    assembly.parts.generator.stage10 = nn.Linear(2, 2)
    phase = ActivePhase(assembly, 0, COUNT)
    assert not assembly.parts.generator.stage10.weight.requires_grad
    assert not assembly.parts.generator.stage10.training
    assert not any("stage10" in name for name in phase.trained["generator"])


def test_an_update_leaves_the_gradients_of_the_other_side_untouched(assembly: Assembly) -> None:
    phase = ActivePhase(assembly, 0, COUNT)
    first, second = phase.trained["discriminator"], phase.trained["generator"]
    found = updates(assembly, phase)
    phase.apply(next(found), 0)
    assert all(parameter.grad is None for parameter in second.values())
    marked = {name: torch.full_like(p, 7.0) for name, p in first.items()}
    for name, parameter in first.items():
        parameter.grad = marked[name]
    before = {name: parameter.detach().clone() for name, parameter in first.items()}
    phase.apply(next(found), 0)
    for name, parameter in first.items():
        assert parameter.grad is marked[name], "a gradient was added or dropped"
        assert bool((marked[name] == 7.0).all())
        assert torch.equal(parameter, before[name]), "it was stepped"
    assert all(parameter.grad is not None for parameter in second.values())


def test_gradients_do_not_add_up_from_step_to_step(assembly: Assembly) -> None:
    phase = ActivePhase(assembly, 0, COUNT)
    parameters = list(phase.trained["generator"].values())
    for step in range(2):
        found = updates(assembly, phase, step)
        phase.apply(next(found), step)
        update = next(found)
        expected = torch.autograd.grad(update.loss, parameters, retain_graph=True)
        phase.apply(update, step)
        for parameter, gradient in zip(parameters, expected, strict=True):
            torch.testing.assert_close(parameter.grad, gradient)


def test_gradients_are_clipped_where_the_recipe_says_so(assembly: Assembly) -> None:
    phase = ActivePhase(assembly, 0, COUNT)
    run(assembly, phase)
    norms = {
        name: torch.stack([p.grad.norm() for p in trained.values() if p.grad is not None]).norm()
        for name, trained in phase.trained.items()
    }
    assert norms["discriminator"].item() == pytest.approx(0.001, rel=1e-3)
    assert norms["generator"].item() > 0.01


def test_the_learning_rate_of_a_step_is_the_schedules(assembly: Assembly) -> None:
    phase = ActivePhase(assembly, 0, COUNT)
    rates: list[tuple[float, float]] = []
    for step in range(4):
        for update in updates(assembly, phase, step):
            phase.apply(update, step)
        rates.append(
            (
                phase.optimizers["generator"].param_groups[0]["lr"],
                phase.optimizers["discriminator"].param_groups[0]["lr"],
            )
        )
    assert rates == [(0.01, 2e-4)] * 3 + [(0.005, 2e-4)]


def test_some_of_what_an_optimizer_trains_may_learn_slower(
    assembled: Assembled, table: Table
) -> None:
    optimizer = table["phases"][0]["optimizers"]["generator"]
    optimizer["rate_factors"] = {"dialogue_encoder": 0.5, "dialogue_encoder.lstm": 0.1}
    assembly = assembled(table)
    phase = ActivePhase(assembly, 0, COUNT)
    trained = phase.trained["generator"]
    before = {name: parameter.detach().clone() for name, parameter in trained.items()}
    run(assembly, phase)
    for name, parameter in trained.items():
        # Adam's first step is the learning rate, whatever the gradient, where there is one.
        step = (parameter.detach() - before[name]).abs().max().item()
        rate = 0.001 if name.startswith("dialogue_encoder") else 0.01
        assert step == pytest.approx(rate, rel=1e-2), name
    run(assembly, phase, steps=4)
    groups = phase.optimizers["generator"].param_groups
    assert sorted(group["lr"] for group in groups) == pytest.approx([0.0005, 0.005])


def test_an_optimizer_is_adam_as_the_recipe_says(assembly: Assembly) -> None:
    phase = ActivePhase(assembly, 1, COUNT)
    name, parameter = next(iter(phase.trained["generator"].items()))
    before = parameter.detach().clone()
    found = updates(assembly, phase)
    phase.apply(next(found), 0)
    phase.apply(next(found), 0)
    assert parameter.grad is not None
    # Adam's first step: the bias corrections leave the gradient divided by its own size.
    expected = before - 2e-4 * parameter.grad / (parameter.grad.abs() + 1e-8)
    torch.testing.assert_close(parameter.detach(), expected, rtol=1e-4, atol=1e-6)
    assert phase.optimizers["generator"].param_groups[0]["betas"] == (0.5, 0.999), name


def test_the_average_is_of_what_is_trained_and_drawn_with(assembly: Assembly) -> None:
    average = ActivePhase(assembly, 0, COUNT).average
    assert average is not None
    assert average.decay == 0.9
    prefixes = ("generator.stage1.", "dialogue_encoder.")
    expected = {n for n in assembly.parts.state_dict() if n.startswith(prefixes)}
    assert average.tensors.keys() == expected
    assert any("running_var" in name for name in expected)
    assert ActivePhase(assembly, 1, COUNT).average is None


def test_a_phases_end_adopts_the_average(assembled: Assembled, table: Table) -> None:
    for adopt in (True, False):
        table["phases"][0]["ema"]["adopt"] = adopt
        assembly = assembled(table)
        phase = ActivePhase(assembly, 0, COUNT)
        average = phase.average
        assert average is not None
        for step in range(2):
            for update in updates(assembly, phase, step):
                phase.apply(update, step)
            average.update()
        live = assembly.parts.state_dict()
        before = copies(assembly.parts)
        phase.finish()
        name = "generator.stage1.seed.0.weight"
        assert torch.equal(live[name], average.tensors[name] if adopt else before[name])
        assert phase.average is (None if adopt else average), "what is left is drawn with"


def test_modes_come_back_after_drawing(assembly: Assembly) -> None:
    phase = ActivePhase(assembly, 0, COUNT)
    modes = {name: module.training for name, module in assembly.parts.named_modules() if name}
    assembly.parts.eval()
    phase.set_modes()
    assert modes == {
        name: module.training for name, module in assembly.parts.named_modules() if name
    }


def test_a_later_phase_lets_train_what_an_earlier_one_froze(
    assembled: Assembled, table: Table
) -> None:
    table["phases"].append({**table["phases"][0], "name": "again"})
    assembly = assembled(table)
    for index in range(3):
        phase = ActivePhase(assembly, index, COUNT)
    assert all(p.requires_grad for p in phase.trained["generator"].values())
    before = copies(assembly.parts.generator.stage1)
    run(assembly, phase)
    assert changed(assembly.parts.generator.stage1, before)


def test_a_steps_own_weights_are_trained(assembled: Assembled, table: Table) -> None:
    table["parts"]["image_encoder"] = {"use": "pixel-components", "width": 4, "resolution": 8}
    reader = {
        "name": "reader",
        "until": {"steps": 1},
        "batch": 4,
        "optimizers": {"reader": {"train": ["dialogue_encoder", "step.head"]}},
        "step": "predict-image",
        "ema": {"decay": 0.5},
    }
    table["phases"].insert(0, reader)
    assembly = assembled(table)
    assembly.parts.image_encoder.fit([pictures(40, 8)])
    phase = ActivePhase(assembly, 0, COUNT)
    head = phase.modules["step"].head
    before = copies(head)
    run(assembly, phase)
    assert changed(head, before) == {"weight", "bias"}
    assert phase.average is not None
    assert all(name.startswith("dialogue_encoder.") for name in phase.average.tensors)
