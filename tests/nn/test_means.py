from __future__ import annotations

import torch

from painterkit.nn.means import mean_of


def test_only_what_is_counted_is_in_the_mean() -> None:
    values = torch.tensor([1.0, 5.0, 100.0])
    counted = torch.tensor([True, True, False])
    assert mean_of(counted, values).item() == 3.0
    assert mean_of(counted.float(), values).item() == 3.0
    assert mean_of(counted.unsqueeze(1), values.view(3, 1)).item() == 3.0


def test_the_mean_of_nothing_is_0() -> None:
    assert mean_of(torch.zeros(3, dtype=torch.bool), torch.ones(3)).item() == 0.0
