from __future__ import annotations

import torch
from torch import Tensor

from painterkit.nn.whitening import whitening


def table(rows: int, features: int) -> Tensor:
    """Return numbers that vary in some directions much more than in others, with mean 0."""
    generator = torch.Generator().manual_seed(0)
    amounts = torch.randn(rows, features, generator=generator) * 0.6 ** torch.arange(features)
    turned = amounts @ torch.linalg.qr(torch.randn(features, features, generator=generator))[0]
    return turned - turned.mean(dim=0)


def test_what_comes_out_is_white_and_in_order() -> None:
    rows = table(400, 12)
    white = rows @ whitening(rows, 5)
    torch.testing.assert_close(torch.cov(white.T), torch.eye(5), rtol=0, atol=1e-3)
    spread = 1 / whitening(rows, 5).norm(dim=0)
    assert torch.equal(spread, spread.sort(descending=True)[0])
    expected = torch.linalg.svdvals(rows)[:5] / (len(rows) - 1) ** 0.5
    torch.testing.assert_close(spread, expected, rtol=1e-3, atol=0)


def test_there_are_no_more_components_than_rows_or_features() -> None:
    few_rows, few_features = whitening(table(4, 12), 7), whitening(table(40, 3), 7)
    assert few_rows.shape == (12, 7)
    assert not few_rows[:, 4:].any()
    assert few_features.shape == (3, 7)
    assert not few_features[:, 3:].any()
    assert few_features[:, :3].any(dim=0).all()


def test_it_takes_nothing_from_torchs_random_state() -> None:
    rows = table(60, 12)
    torch.manual_seed(1)
    one = whitening(rows, 5)
    torch.manual_seed(2)
    before = torch.get_rng_state()
    assert torch.equal(whitening(rows, 5), one)
    assert torch.equal(torch.get_rng_state(), before)


def test_what_rounding_leaves_is_not_enlarged() -> None:
    """Four rows with the mean 0 lie in three dimensions."""
    found = whitening(table(4, 12), 7).norm(dim=0)
    assert found[3] <= 1.001e3 * found[0]
