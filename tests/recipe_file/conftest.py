"""Small components to write recipes about; none of them is ever built."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from attrs import frozen

from painterkit.plugins import LoadedPlugins
from painterkit.registry import Component, Offer, Registry
from painterkit.roles import Role
from painterkit.settings import Factory, Use, setting


@frozen
class NoSettings:
    """Have nothing to set."""


@frozen
class Window:
    """A table inside settings."""

    width: int = setting(help="Width.", at_least=1, unit="px")
    name: str = setting("window", help="Name.")


@frozen
class GeneratorSettings:
    """Have one setting of every type."""

    base_channels: int = setting(64, help="Channels of the first layer.", at_least=1)
    resolutions: tuple[int, ...] = setting(
        (64,), help="Heights of the pictures.", min_length=1, at_least=4
    )
    conditioner: Annotated[Use, Role.CONDITIONER] = setting("augment", help="Makes the condition.")
    second: Annotated[Use, Role.CONDITIONER] | None = setting(None, help="Another.")
    losses: dict[str, Annotated[Use, Role.LOSS]] = setting(Factory(dict), help="Terms.")
    more: tuple[Annotated[Use, Role.LOSS], ...] = setting((), help="Terms without names.")
    widths: dict[int, float] = setting(Factory(dict), help="Width by resolution.", above=0.0)
    window: Window | None = setting(None, help="A table.")
    windows: tuple[Window, ...] = setting((), help="Tables.")
    slope: float = setting(0.2, help="Slope.", at_least=0.0, at_most=1.0)
    range: tuple[float, float] = setting((-1.0, 1.0), help="Range.")
    norm: Literal["batch", "layer", "none"] = setting("batch", help="Normalisation.")
    clip: float | Literal["auto"] = setting("auto", help="Clip.")
    level: Literal[1, 2] = setting(1, help="Level.")
    attention: bool = setting(False, help="Look at the words.")


@frozen
class AugmentSettings:
    """Sample a condition."""

    width: int = setting(128, help="Width.", at_least=1)
    inner: Annotated[Use, Role.CONDITIONER] | None = setting(None, help="Another one inside.")


@frozen
class KLSettings:
    """Need a weight."""

    weight: float = setting(help="Weight of the term.", at_least=0.0)


@frozen
class PairSettings:
    """Have a rule that no single field can check."""

    low: int = setting(0, help="Low.")
    high: int = setting(1, help="High.")

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low must not be above high")


OFFERS = [
    (Role.DATASET, "faces", NoSettings),
    (Role.TURN_SAMPLER, "last-turn", NoSettings),
    (Role.NOISE_SAMPLER, "gaussian", NoSettings),
    (Role.TEXT_ENCODER, "hashed-words", NoSettings),
    (Role.DIALOGUE_ENCODER, "bilstm", AugmentSettings),
    (Role.GENERATOR, "stack", GeneratorSettings),
    (Role.DISCRIMINATOR, "judge", AugmentSettings),
    (Role.CONDITIONER, "augment", AugmentSettings),
    (Role.CONDITIONER, "plain", NoSettings),
    (Role.LOSS, "hinge", NoSettings),
    (Role.LOSS, "kl", KLSettings),
    (Role.IMAGE_ENCODER, "pair", PairSettings),
    (Role.TRAINING_STEP, "adversarial", NoSettings),
]


REGISTRY_AND_CLASS = tuple[Registry, type[Any]]


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Offer the components above, and the conditioner 'twin' from two plugins."""
    offers = [
        Offer(Component(role, name, settings, "nowhere:build"), "fake")
        for role, name, settings in OFFERS
    ]
    for plugin, settings in (("fake", NoSettings), ("other", AugmentSettings)):
        twin = Component(Role.CONDITIONER, "twin", settings, "nowhere:build")
        offers.append(Offer(twin, plugin))
    return Registry(offers)


@pytest.fixture(scope="session")
def plugins(registry: Registry) -> LoadedPlugins:
    """Return loaded plugins that offer the fake components and no recipes."""
    return LoadedPlugins(registry, (), ())


RECIPE = """\
# The smallest recipe.
painterkit = 1
name = "tiny"
data = "faces"

[parts]
caption_encoder = "hashed-words"
dialogue_encoder = { use = "bilstm", width = 16 }
discriminators = { 32 = "judge", 64 = { use = "judge", width = 8 } }

[parts.generator]
use = "stack"
resolutions = [
    32,
    64,
]

[[phases]]
name = "stage-1"
until = { epochs = 40 }
batch = 8
step = "adversarial"
[phases.optimizers.generator]
train = ["generator.stage1"]

[[phases]]
name = "stage-2"
until = { images = 1_000 }
batch = 8
step = "adversarial"
[phases.optimizers.generator]
learning_rate = 1e-3
train = ["generator.stage2"]
[phases.ema]
decay = 0.999
"""


@pytest.fixture(scope="session")
def recipe_text() -> str:
    """Return a recipe that is right."""
    return RECIPE


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the right recipe to tiny.toml in a folder of its own, and go there."""
    monkeypatch.chdir(tmp_path)
    file = Path("tiny.toml")
    file.write_text(RECIPE)
    return file


@pytest.fixture(scope="session")
def generator(registry: Registry) -> REGISTRY_AND_CLASS:
    return registry, registry.find(Role.GENERATOR, "stack").component.settings
