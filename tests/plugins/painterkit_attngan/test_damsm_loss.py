from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from attrs import evolve

from painterkit.assembly import Assembly
from painterkit.errors import WrongInput
from painterkit.interfaces.loss import AsksOfParts, Facts, Side
from painterkit.registry import Registry
from painterkit.testing.inputs import BATCH
from painterkit.testing.loss import sample_view
from painterkit_attngan.damsm import match
from painterkit_attngan.damsm_loss import DAMSM
from painterkit_attngan.damsm_pairs import same_pairs, spoken
from painterkit_attngan.settings_damsm import DAMSMSettings

from ...small_recipe import SMALL, Table, assemble_table
from .small_painter import PARTS, WIDTH, phase


def assembled(
    registry: Registry, cache: Path, changes: Table | None = None, **loss: Any
) -> Assembly:
    table = deepcopy({**SMALL, "phases": [phase(**loss)]})
    table["parts"] |= deepcopy(PARTS)
    table["parts"] |= changes or {}
    return assemble_table(table, registry, cache)


def problems(registry: Registry, cache: Path, changes: Table, **loss: Any) -> list[str]:
    with pytest.raises(WrongInput) as error:
        assembled(registry, cache, changes, **loss)
    return [problem.what for problem in error.value.problems]


def test_it_is_the_formulas_of_the_step_weighed() -> None:
    view = sample_view(Side.GENERATOR)
    settings = DAMSMSettings(weight=3.0)
    said = spoken(view.words, view.captions, ("caption",))
    assert view.seen is not None
    assert view.facts is not None
    same = same_pairs("picture", view.facts)
    expected = 3.0 * match(view.seen, said, same, settings).loss
    assert torch.equal(DAMSM(settings)(view), expected)
    assert isinstance(DAMSM(settings), AsksOfParts)


def test_pictures_drawn_at_several_moments_of_a_conversation_are_no_wrong_ones() -> None:
    view = sample_view(Side.GENERATOR)
    loss = DAMSM(DAMSMSettings())
    apart = loss(view)
    twice = evolve(view, facts=Facts(image_rows=torch.tensor([0, 0, 1, 2, 3])))
    assert loss(twice) < apart
    one = evolve(view, facts=Facts(image_rows=torch.zeros(BATCH)))
    assert loss(one).item() == pytest.approx(0, abs=1e-5)


def test_a_painter_with_words_and_regions_is_assembled(registry: Registry, tmp_path: Path) -> None:
    whole = assembled(registry, tmp_path)
    assert whole.steps[0].extras == ("facts",)
    changes: Table = {
        "generator": {**PARTS["generator"], "words": ["caption", "dialogue", "turns"]}
    }
    changes["turn_encoder"] = "caption_encoder"
    assembled(registry, tmp_path, changes, reads=["turns", "caption"], same="fits")


def test_sources_that_the_generator_does_not_look_at_are_refused(
    registry: Registry, tmp_path: Path
) -> None:
    told = problems(registry, tmp_path, {}, reads=["dialogue", "caption"])
    assert told == [
        "the loss 'damsm' needs a generator that looks at the words of 'dialogue', and this one "
        "looks at 'caption'; let both name the same sources"
    ]
    told = problems(registry, tmp_path, {"generator": SMALL["parts"]["generator"]})
    assert told == [
        "the loss 'damsm' needs a generator that looks at the words of 'caption', and this one "
        "looks at no words at all; let both name the same sources"
    ]


def test_an_image_encoder_that_does_not_fit_is_refused(registry: Registry, tmp_path: Path) -> None:
    seer = PARTS["image_encoder"]
    assert problems(registry, tmp_path, {"image_encoder": {**seer, "width": 5}}) == [
        "the loss 'damsm' needs vectors of one width to compare them, and these differ: the words "
        "of 'caption' 6, the caption 6, the regions 5, the picture 5"
    ]
    blind = {"use": "pixel-components", "width": WIDTH, "resolution": 16}
    assert problems(registry, tmp_path, {"image_encoder": blind}) == [
        "the loss 'damsm' needs an image encoder that gives regions: 'frozen-regions', or "
        "'convolutional' with regions = 8"
    ]
    [told] = problems(registry, tmp_path, {"image_encoder": None})
    assert told.endswith("nothing sees them; name an image encoder in parts.image_encoder")
