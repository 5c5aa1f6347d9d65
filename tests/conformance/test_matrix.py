"""Every base goes with every reader, conditioner and loss that it fits; the rest is refused.

The training itself is in the modules beside this one: `matrix.py` deals it out.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations as subsets
from pathlib import Path

from painterkit.testing.matrix import ADVERSARIAL, Combination, combinations, tried

from .matrix import PAIRS, REGISTRY, SHARES

HERE = Path(__file__).parent


def test_every_share_has_its_module() -> None:
    modules = {path.name: path.read_text() for path in HERE.glob("test_matrix_*.py")}
    wanted = {f"test_matrix_{number}.py": number for number in range(1, SHARES + 1)}
    assert modules.keys() == wanted.keys()
    assert [
        name for name, number in wanted.items() if f"@share({number})" not in modules[name]
    ] == []


def test_the_first_sample_of_a_base_is_tried_with_everything_adversarial() -> None:
    firsts = [
        (base, loss)
        for base, loss in PAIRS
        if base.sample == base.first and loss.name == ADVERSARIAL
    ]
    assert {base.name for base, _ in firsts} == {base.name for base, _ in PAIRS}
    for base, loss in firsts:
        assert tried(base, loss, REGISTRY) == list(combinations(base, loss, REGISTRY))


def test_any_three_choices_are_tried_together() -> None:
    whole = [one for pair in PAIRS for one, *_ in combinations(*pair, REGISTRY)]
    some = [one for pair in PAIRS for one, *_ in tried(*pair, REGISTRY)]
    assert threes_of(some) == threes_of(whole)
    assert len(some) < 0.6 * len(whole)


def threes_of(combinations: Sequence[Combination]) -> set[tuple[str, ...]]:
    """Return every three of base, dialogue encoder, conditioner and loss that stand together."""
    return {
        three
        for one in combinations
        for three in subsets(
            (
                f"base {one.generator}",
                f"dialogue encoder {one.dialogue_encoder}",
                f"conditioner {one.conditioner}",
                f"loss {one.loss}",
            ),
            3,
        )
    }


def test_the_page_of_the_matrix_is_up_to_date() -> None:
    script = HERE.parents[1] / "docs" / "generate_matrix.py"
    checked = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
