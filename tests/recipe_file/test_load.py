"""Recipes from a file to a Recipe, and every problem with its place."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from painterkit.errors import WrongInput
from painterkit.plugins import LoadedPlugins
from painterkit.recipe_file.load import LoadedRecipe, load_recipe, load_recipe_text
from painterkit.recipe_file.schema import Duration
from painterkit.settings import Use


def problems_of(
    reference: Path | str, plugins: LoadedPlugins, sets: tuple[str, ...] = ()
) -> list[str]:
    with pytest.raises(WrongInput) as caught:
        load_recipe(str(reference), plugins, sets)
    return [str(problem) for problem in caught.value.problems]


def changed(tiny: Path, *pairs: tuple[str, str]) -> Path:
    text = tiny.read_text()
    for old, new in pairs:
        assert text.count(old) >= 1
        text = text.replace(old, new, 1)
    tiny.write_text(text)
    return tiny


def test_a_right_recipe_loads_with_every_default(tiny: Path, plugins: LoadedPlugins) -> None:
    loaded = load_recipe("tiny.toml", plugins)
    recipe = loaded.recipe
    assert loaded.origin == "tiny.toml"
    assert loaded.data["parts"]["caption_encoder"] == "hashed-words"
    assert recipe.seed == 0
    assert recipe.precision == "auto"
    assert isinstance(recipe.samplers.turns, Use)
    assert recipe.samplers.turns.name == "last-turn"
    assert recipe.parts.turn_encoder == "caption_encoder"
    assert recipe.parts.image_encoder is None
    assert recipe.parts.discriminators[64].settings.width == 8
    assert recipe.parts.discriminators[32].settings.width == 128
    assert recipe.parts.generator.settings.resolutions == (32, 64)
    assert recipe.parts.generator.settings.conditioner.name == "augment"
    assert recipe.phases[0].until == Duration(epochs=40)
    assert recipe.phases[0].optimizers["generator"].betas == (0.5, 0.999)
    assert recipe.phases[0].ema is None
    assert recipe.phases[1].ema is not None
    assert recipe.phases[1].ema.adopt
    assert recipe.checkpoints.every == Duration(images=20_000)
    assert (recipe.checkpoints.keep, recipe.samples.count) == (2, 8)


def test_all_problems_come_at_once_each_with_its_line(tiny: Path, plugins: LoadedPlugins) -> None:
    changed(
        tiny,
        ('data = "faces"', 'data = "bilstm"'),
        ('"hashed-words"', '"hashed-wrods"'),
        ("width = 16", "widht = 16"),
        ("    32,\n", "    3,\n"),
        ('use = "stack"', 'use = "stack"\nbase_chanels = 32'),
        ("{ epochs = 40 }", "{ epochs = 40, images = 3 }"),
        ("batch = 8", 'batch = "8"'),
        ('train = ["generator.stage2"]\n', ""),
    )
    assert problems_of(tiny, plugins) == [
        "tiny.toml line 4   data   no dataset is named 'bilstm'; 'bilstm' is a dialogue-encoder",
        "tiny.toml line 7   parts.caption_encoder   no text-encoder is named 'hashed-wrods'; "
        "did you mean 'hashed-words'?",
        "tiny.toml line 8   parts.dialogue_encoder.widht   unknown key; did you mean 'width'?",
        "tiny.toml line 13   parts.generator.base_chanels   unknown key; "
        "did you mean 'base_channels'?",
        "tiny.toml line 14   parts.generator.resolutions   must be at least 4, got 3",
        "tiny.toml line 21   phases.stage-1.until   give exactly one of epochs, images, steps",
        "tiny.toml line 22   phases.stage-1.batch   expected a whole number, got '8' (text)",
        "tiny.toml line 32   phases.stage-2.optimizers.generator.train   missing; it has no "
        "default: Names of the parameters that it updates, or of the modules that hold them.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('name = "tiny"', 'name = "a/b"', "line 3   name   must be letters, digits"),
        ('name = "stage-2"', 'name = "stage-1"', "line 18   phases   two phases are named"),
        ("32 = ", "0 = ", "line 9   parts.discriminators   a resolution must be at least 1, got 0"),
        ("32 = ", "big = ", "parts.discriminators.big   the key must be a whole number, got 'big'"),
        ("batch = 8", "batch = 1", "line 21   phases.stage-1.batch   must be at least 2, got 1"),
        ("decay = 0.999", "decay = 1.0", "phases.stage-2.ema.decay   must be below 1.0, got 1.0"),
        ('["generator.stage1"]', "[]", "optimizers.generator.train   must not be empty"),
        ("[phases.optimizers.generator]\n", "[phases.optimizers]\n", "expected a table, got an"),
        (
            'data = "faces"',
            "data = 'faces'\nweights = 1",
            "line 5   weights   expected a table, got",
        ),
        (
            "[parts.generator]",
            '[weights]\n"generator.stage1" = ["runs/a"]\n[parts.generator]',
            'line 12   weights."generator.stage1"   expected text, got an array',
        ),
        (
            "[parts.generator]",
            '[weights]\ngenerator.stage1.up = "runs/a"\n[parts.generator]',
            "line 12   weights.generator   is a table: a name with dots needs quotes; "
            'write weights."generator.stage1.up"',
        ),
        ("painterkit = 1\n", "", "painterkit   missing; it has no default"),
        ("painterkit = 1", "painterkit = true", "painterkit   expected 1, got true"),
    ],
)
def test_one_wrong_thing(
    tiny: Path, plugins: LoadedPlugins, old: str, new: str, problem: str
) -> None:
    changed(tiny, (old, new))
    assert problem in "\n".join(problems_of(tiny, plugins))


def test_what_is_no_reference(tiny: Path, plugins: LoadedPlugins) -> None:
    assert load_recipe(tiny, plugins).origin == load_recipe(str(tiny), plugins).origin
    with pytest.raises(WrongInput, match=r"the path of a \.toml file or a table, got 3"):
        load_recipe(3, plugins)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_a_newer_format_is_the_only_problem(tiny: Path, plugins: LoadedPlugins) -> None:
    changed(tiny, ("painterkit = 1", "painterkit = 2"), ("batch", "size"))
    assert problems_of(tiny, plugins) == [
        "tiny.toml line 2   painterkit   the recipe is written in format 2, this painterkit "
        "reads 1; install a newer painterkit"
    ]


def test_no_phase(tiny: Path, plugins: LoadedPlugins) -> None:
    head, phases, _ = tiny.read_text().partition("[[phases]]")
    assert phases
    tiny.write_text(head)
    assert problems_of(tiny, plugins) == [
        "tiny.toml line 1   phases   missing; it has no default: The stretches of training, in "
        "order."
    ]
    tiny.write_text("phases = []\n" + head)
    assert problems_of(tiny, plugins) == ["tiny.toml line 1   phases   must not be empty"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = 1\nb = word\n", "x.toml line 2 column 5   not valid TOML: Invalid value; text needs"),
        ("a = { b = 1,\n c = 2 }", "x.toml line 1 column 13   not valid TOML: Invalid initial "),
        ("a = 1\na = 2\n", "x.toml line 2 column"),
        ("a = [1,\n", "x.toml line 1 column 8   not valid TOML"),
        ("a" * 9, "x.toml line 1 column 10   not valid TOML"),
        ("a = " + "1" * 9999, "x.toml   is not valid TOML: Exceeds the limit"),
        ("a = " + "[" * 9999, "x.toml   is nested too deeply"),
        (".".join("a" * 3000) + "=1", "x.toml   is nested too deeply"),
    ],
)
def test_bad_toml(plugins: LoadedPlugins, text: str, problem: str) -> None:
    with pytest.raises(WrongInput) as caught:
        load_recipe_text(text, plugins, "x.toml")
    assert str(caught.value).startswith(problem)


def test_files_that_cannot_be_read(tiny: Path, plugins: LoadedPlugins) -> None:
    Path("latin.toml").write_bytes(b'name = "caf\xe9"')
    Path("folder.toml").mkdir()
    assert problems_of("latin.toml", plugins) == [
        "latin.toml   is not UTF-8 text (byte 11); save it as UTF-8"
    ]
    assert problems_of("folder.toml", plugins) == ["folder.toml is a folder, not a recipe"]
    assert problems_of("tine.toml", plugins) == [
        "there is no file tine.toml; did you mean 'tiny.toml'? (in .)"
    ]
    assert "there is no folder nowhere either" in problems_of("nowhere/a.toml", plugins)[0]
    assert "there is no file" in problems_of("a" * 999 + ".toml", plugins)[0]


def test_windows_files(tiny: Path, plugins: LoadedPlugins) -> None:
    text = tiny.read_text().replace("batch = 8", "bach = 8", 1)
    tiny.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert problems_of(tiny, plugins)[0] == (
        "tiny.toml line 21   phases.stage-1.bach   unknown key; did you mean 'batch'?"
    )


def extending(text: str, plugins: LoadedPlugins, sets: tuple[str, ...] = ()) -> LoadedRecipe:
    Path("mine.toml").write_text(text)
    return load_recipe("mine.toml", plugins, sets)


def test_extends_merges_key_by_key(tiny: Path, plugins: LoadedPlugins) -> None:
    recipe = extending(
        """
        extends = "tiny"
        name = "mine"
        [parts]
        caption_encoder = { use = "hashed-words" }
        dialogue_encoder = { inner = "plain" }
        generator = { base_channels = 8 }
        """,
        plugins,
    ).recipe
    assert recipe.name == "mine"
    assert recipe.parts.generator.settings.base_channels == 8
    assert recipe.parts.generator.settings.resolutions == (32, 64)
    assert recipe.parts.dialogue_encoder.settings.width == 16
    assert recipe.parts.dialogue_encoder.settings.inner.name == "plain"
    assert len(recipe.phases) == 2


def test_a_changed_use_replaces_the_table(tiny: Path, plugins: LoadedPlugins) -> None:
    over = 'extends = "tiny.toml"\n[parts.discriminators.64]\nuse = "fake:judge"\n'
    recipe = extending(over, plugins).recipe
    assert recipe.parts.discriminators[64].settings.width == 128
    assert recipe.parts.discriminators[32].name == "judge"


def test_a_bare_name_under_a_table_is_its_use(tiny: Path, plugins: LoadedPlugins) -> None:
    over = 'extends = "tiny"\n[parts.discriminators]\n32 = { width = 4 }\n64 = "judge"\n'
    recipe = extending(over, plugins).recipe
    assert recipe.parts.discriminators[32].settings.width == 4
    assert recipe.parts.discriminators[64].settings.width == 8


def test_a_bare_name_over_a_table_is_all_there_is_unless_it_is_the_same(
    tiny: Path, plugins: LoadedPlugins
) -> None:
    Path("base.toml").write_text(
        'extends = "tiny"\n[parts]\nturn_encoder = { use = "hashed-words" }\n'
        'discriminators.64 = { use = "judge", width = 9 }\n'
    )
    over = 'turn_encoder = "caption_encoder"\ndiscriminators.64 = "judge"\n'
    Path("mine.toml").write_text(f'extends = "base"\n[parts]\n{over}')
    parts = load_recipe("mine.toml", plugins, []).recipe.parts
    assert parts.turn_encoder == "caption_encoder", "which is no component"
    assert parts.discriminators[64].settings.width == 9


def test_arrays_are_replaced(tiny: Path, plugins: LoadedPlugins) -> None:
    over = """
    extends = "tiny"
    [parts.generator]
    resolutions = [128]
    [[phases]]
    name = "only"
    until = { steps = 1 }
    batch = 2
    step = "adversarial"
    optimizers = { generator = { train = ["generator"] } }
    """
    recipe = extending(over, plugins).recipe
    assert recipe.parts.generator.settings.resolutions == (128,)
    assert [phase.name for phase in recipe.phases] == ["only"]


def test_a_unit_of_a_duration_replaces_the_other(tiny: Path, plugins: LoadedPlugins) -> None:
    Path("base.toml").write_text('extends = "tiny"\n[checkpoints]\nevery = { epochs = 2 }\n')
    over = 'extends = "base"\n[checkpoints]\nevery = { steps = 5 }\n'
    assert extending(over, plugins).recipe.checkpoints.every == Duration(steps=5)


def test_problems_name_the_file_that_their_key_came_from(
    tiny: Path, plugins: LoadedPlugins
) -> None:
    changed(tiny, ("width = 16", "widht = 16"), ("batch = 8", "batch = 0"))
    Path("mine.toml").write_text(
        'extends = "tiny"\n\n[parts]\ngenerator.norm = "bach"\ndialogue_encoder.inner = "plian"\n'
    )
    assert problems_of("mine.toml", plugins, ("parts.generator.slope=2",)) == [
        "tiny.toml line 8   parts.dialogue_encoder.widht   unknown key; did you mean 'width'?",
        "mine.toml line 5   parts.dialogue_encoder.inner   no conditioner is named 'plian'; "
        "did you mean 'plain'?",
        "--set #1   parts.generator.slope   must be at most 1.0, got 2.0",
        "mine.toml line 4   parts.generator.norm   expected one of 'batch', 'layer', 'none', "
        "got 'bach' (text); did you mean 'batch'?",
        "tiny.toml line 21   phases.stage-1.batch   must be at least 2, got 0",
    ]


def test_a_replaced_table_has_no_place_in_the_base(tiny: Path, plugins: LoadedPlugins) -> None:
    Path("mine.toml").write_text('extends = "tiny"\n[parts.generator]\nuse = "stak"\n')
    [problem] = problems_of("mine.toml", plugins)
    assert problem.startswith("mine.toml line 3   parts.generator.use   no generator is named")


def test_a_phase_that_means_to_change_one_of_the_base(tiny: Path, plugins: LoadedPlugins) -> None:
    phase = '[[phases]]\nname = "stage-2"\nbatch = 16\n'
    Path("mine.toml").write_text(f'extends = "tiny"\n\n{phase}')
    assert problems_of("mine.toml", plugins) == [
        "mine.toml line 3   phases.stage-2   lacks until, step, optimizers, ema: an array is "
        "replaced whole, so nothing of tiny.toml is left; write the whole entry, or none and "
        "change it by --set phases.stage-2.batch=..."
    ]
    Path("mine.toml").write_text(f'extends = "tiny"\n\n{phase.replace("stage-2", "other")}')
    assert len(problems_of("mine.toml", plugins)) == 3
    assert all("missing" in problem for problem in problems_of("mine.toml", plugins))


def test_extends_in_a_circle(tiny: Path, plugins: LoadedPlugins) -> None:
    Path("a.toml").write_text('name = "a"\nextends = "b"')
    Path("b.toml").write_text('extends = "a.toml"')
    assert problems_of("a.toml", plugins) == [
        "b.toml line 1   extends   recipes extend each other in a circle: "
        "a.toml extends b.toml extends a.toml"
    ]
    Path("self.toml").write_text('extends = "self.toml"')
    assert "in a circle: self.toml extends self.toml" in problems_of("self.toml", plugins)[0]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("3", "expected the name or the path of a recipe, got 3"),
        ('"tinny"', "no recipe is named 'tinny'"),
        ('"../x/tinny.toml"', "there is no file"),
        ('"a\\u0000.toml"', "there is no file"),
        ('"self"', "no recipe is named 'self'"),
    ],
)
def test_wrong_extends(tiny: Path, plugins: LoadedPlugins, value: str, problem: str) -> None:
    Path("self.toml").write_text(f"painterkit = 1\nextends = {value}")
    [found] = problems_of("self.toml", plugins)
    assert found.startswith("self.toml line 2   extends   ")
    assert problem in found


def test_a_broken_base_is_named(tiny: Path, plugins: LoadedPlugins) -> None:
    changed(tiny, ('"tiny"', "tiny"))
    Path("mine.toml").write_text('extends = "tiny"')
    assert problems_of("mine.toml", plugins)[0].startswith("tiny.toml line 3 column 8   not valid")


def test_extends_cannot_be_set(tiny: Path, plugins: LoadedPlugins) -> None:
    [problem] = problems_of(tiny, plugins, ("extends=other",))
    assert problem.startswith("--set #1   extends   unknown key")


def test_a_table_is_read_as_its_file_would_be(tiny: Path, plugins: LoadedPlugins) -> None:
    table = tomllib.loads(tiny.read_text())
    parts = {**table["parts"], "discriminators": {32: "judge", 64: {"use": "judge", "width": 8}}}
    loaded = load_recipe({**table, "parts": parts}, plugins, ["seed=3"])
    assert loaded.recipe == load_recipe("tiny.toml", plugins, ["seed=3"]).recipe
    assert loaded.origin == "recipe"
    assert table == tomllib.loads(tiny.read_text())


def test_a_table_extends_a_file_of_this_folder(tiny: Path, plugins: LoadedPlugins) -> None:
    parts: dict[str, Any] = {
        "generator": {"resolutions": (16, 32)},
        "discriminators": {32: "judge"},
    }
    table = {"extends": "tiny.toml", "without": ["parts.discriminators"], "parts": parts}
    recipe = load_recipe(table, plugins).recipe
    assert list(recipe.parts.discriminators) == [32]
    assert recipe.parts.generator.settings.resolutions == (16, 32)
    assert recipe.parts.dialogue_encoder.settings.width == 16
    assert table["extends"] == "tiny.toml", "the table stays as it was"
    narrower = {**table, "without": [], "parts": {"discriminators": {64: {"width": 4}}}}
    judges = load_recipe(narrower, plugins).recipe.parts.discriminators
    assert {size: use.settings.width for size, use in judges.items()} == {32: 128, 64: 4}


def test_what_is_wrong_with_a_table_has_no_line(tiny: Path, plugins: LoadedPlugins) -> None:
    table = {"extends": "tiny.toml", "parts": {"generator": {"base_chanels": 3}}, "seed": "1"}
    with pytest.raises(WrongInput) as caught:
        load_recipe(table, plugins, ["precision=fp8"])
    assert [str(problem) for problem in caught.value.problems] == [
        "recipe   seed   expected a whole number, got '1' (text)",
        "--set #1   precision   expected one of 'auto', 'bf16', 'fp32', got 'fp8' (text)",
        "recipe   parts.generator.base_chanels   unknown key; did you mean 'base_channels'?",
    ]
    for wrong, said in (
        ({"extends": 3}, "recipe   extends"),
        ({"without": "x"}, "recipe   without"),
    ):
        with pytest.raises(WrongInput, match=said):
            load_recipe(wrong, plugins)
