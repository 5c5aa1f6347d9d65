"""Seeding in a context leaves every generator of torch's as it was."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from painterkit.nn.seeding import seeded


def drawn(seed: int) -> Tensor:
    with seeded(seed):
        return torch.rand(5)


def test_the_numbers_are_those_of_the_seed() -> None:
    torch.manual_seed(3)
    assert torch.equal(drawn(7), drawn(7))
    assert not torch.equal(drawn(7), drawn(8))
    torch.manual_seed(7)
    assert torch.equal(drawn(7), torch.rand(5))


def test_the_cpus_generator_goes_on_where_it_was() -> None:
    before = torch.get_rng_state()
    drawn(7)
    with pytest.raises(RuntimeError), seeded(7):
        torch.cat([torch.rand(5), torch.rand(5, 5)])
    assert torch.equal(torch.get_rng_state(), before)


def test_a_device_that_nothing_is_drawn_on_is_not_seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch.manual_seed seeds every GPU, and nothing gives them their state back."""
    touched: list[int] = []
    for name in ("manual_seed", "manual_seed_all"):
        monkeypatch.setattr(torch.cuda, name, touched.append)
    for device in ("cpu", "meta"):
        with seeded(7, device):
            pass
    assert touched == []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
    assert touched == [7], "otherwise this watches nothing"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_is_seeded_where_it_is_asked_for_and_goes_on_where_it_was() -> None:
    before = torch.cuda.get_rng_state()
    drawn(7)
    assert torch.equal(torch.cuda.get_rng_state(), before)
    found: list[Tensor] = []
    for _ in range(2):
        with seeded(7, "cuda"):
            found.append(torch.rand(5, device="cuda"))
    assert torch.equal(*found)
    assert torch.equal(torch.cuda.get_rng_state(), before)
