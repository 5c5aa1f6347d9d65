"""`check_component` on components of a plugin that is made up here."""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import Annotated, Any

import pytest
from attrs import frozen

from painterkit.registry import Component, Offer, Registry
from painterkit.roles import Role
from painterkit.settings import Use, setting
from painterkit.testing import check_component, check_settings, sample_settings
from painterkit.testing.sample_parts import (
    SampleDiscriminator,
    SampleGenerator,
    SampleTextEncoder,
)


@frozen
class GeneratorSettings:
    """Have a slot and a setting without default."""

    resolutions: tuple[int, ...] = setting(help="Heights of the pictures.", min_length=1)
    reader: Annotated[Use, Role.TEXT_ENCODER] = setting("letters", help="Reads.")


@frozen
class DiscriminatorSettings:
    """Have nothing to set."""


@frozen
class LettersSettings:
    """Have a width, which is part of the fingerprint, and a volume, which is not."""

    width: int = setting(7, help="Width.", at_least=1)
    volume: int = setting(1, help="What every vector is multiplied by.", at_least=0)


@frozen
class GrowingSettings:
    """Grow by one whenever they are read."""

    width: int = setting(3, help="Width.")

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "width", self.width + 1)


class Letters(SampleTextEncoder):
    """A text encoder whose fingerprint leaves out one of its settings."""

    def __init__(self, settings: LettersSettings) -> None:
        super().__init__(settings.width)
        self.volume = settings.volume

    def prepare(self, turns: Any) -> Any:
        return {"counts": super().prepare(turns)["counts"] * self.volume}


def build_generator(settings: GeneratorSettings, context: Any) -> SampleGenerator:
    reader = context.build(Role.TEXT_ENCODER, settings.reader)
    assert isinstance(reader, Letters), "the slot was not built"
    return SampleGenerator(settings.resolutions)


class JudgesSmallOnes(SampleDiscriminator):
    def features(self, image: Any) -> Any:
        assert image.shape[-1] == 32, f"judges pictures of 32 px, was given {image.shape[-1]}"
        return super().features(image)


class WithoutForward:
    fingerprint = "none"

    def prepare(self, turns: Any) -> Any:
        return {}


class OtherSignature:
    renewed = ()

    def moments(self, length: int) -> list[int]:
        return [0]

    def sample(self) -> None:
        """Take nothing."""


OFFERS = {
    "made": (Role.GENERATOR, GeneratorSettings, build_generator),
    "judge": (Role.DISCRIMINATOR, DiscriminatorSettings, lambda s, c: JudgesSmallOnes()),
    "letters": (Role.TEXT_ENCODER, LettersSettings, lambda s, c: Letters(s)),
    "no-forward": (Role.TEXT_ENCODER, DiscriminatorSettings, lambda s, c: WithoutForward()),
    "odd-noise": (Role.NOISE_SAMPLER, DiscriminatorSettings, lambda s, c: OtherSignature()),
    "odd-build": (Role.NOISE_SAMPLER, DiscriminatorSettings, lambda s: OtherSignature()),
    "growing": (Role.NOISE_SAMPLER, GrowingSettings, lambda s, c: None),
}


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Offer the components above from a module of their own."""
    module = ModuleType("made_up_plugin")
    for name, (_, _, build) in OFFERS.items():
        setattr(module, name, build)
    monkeypatch.setitem(sys.modules, "made_up_plugin", module)
    return Registry(
        Offer(Component(role, name, settings, f"made_up_plugin:{name}"), "made-up")
        for name, (role, settings, _) in OFFERS.items()
    )


def test_a_component_is_built_with_the_settings_of_a_table(registry: Registry) -> None:
    offer = registry.find(Role.GENERATOR, "made")
    check_component(offer, registry, {"resolutions": [4, 8], "reader": {"use": "letters"}})


def test_a_setting_without_default_must_be_given(registry: Registry) -> None:
    offer = registry.find(Role.GENERATOR, "made")
    with pytest.raises(AssertionError) as raised:
        check_component(offer, registry)
    assert str(raised.value).startswith(
        "generator 'made': cannot be checked with these settings: resolutions   missing"
    )


def test_a_misspelt_setting_is_named(registry: Registry) -> None:
    offer = registry.find(Role.TEXT_ENCODER, "letters")
    with pytest.raises(AssertionError, match="widht   unknown key; did you mean 'width'"):
        sample_settings(offer, registry, {"widht": 3})


def test_the_resolution_is_what_a_discriminator_is_given(registry: Registry) -> None:
    offer = registry.find(Role.DISCRIMINATOR, "judge")
    check_component(offer, registry, resolution=32)
    with pytest.raises(AssertionError, match="judges pictures of 32 px, was given 16"):
        check_component(offer, registry)


def test_every_setting_of_a_text_encoder_is_tried(registry: Registry) -> None:
    offer = registry.find(Role.TEXT_ENCODER, "letters")
    with pytest.raises(AssertionError, match="with volume = 2 its vectors are others, but its fi"):
        check_component(offer, registry)


def test_settings_that_change_in_a_file_are_named(registry: Registry) -> None:
    offer = registry.find(Role.NOISE_SAMPLER, "growing")
    with pytest.raises(AssertionError, match=r"'width' does not survive .*: 4 comes back as 5"):
        check_settings(offer, registry, sample_settings(offer, registry))


@pytest.mark.parametrize(
    ("role", "name", "sentence"),
    [
        (
            Role.TEXT_ENCODER,
            "no-forward",
            r"text-encoder 'no-forward': check_\w+ came upon AttributeError: "
            r"'WithoutForward' object has no attribute 'forward'; what it must have and "
            r"be called with is in painterkit\.interfaces\.text_encoder",
        ),
        (
            Role.NOISE_SAMPLER,
            "odd-noise",
            r"noise-sampler 'odd-noise': check_noises came upon TypeError: "
            r"OtherSignature\.sample\(\) takes 1 .* were given; .* painterkit\."
            r"interfaces\.samplers",
        ),
        (
            Role.NOISE_SAMPLER,
            "odd-build",
            r"noise-sampler 'odd-build': check_noise_sampler came upon TypeError: .*<lambda>\(\) "
            "takes 1 positional argument but 2 were given; ",
        ),
    ],
)
def test_what_a_component_lacks_is_a_sentence_of_the_kit(
    registry: Registry, role: Role, name: str, sentence: str
) -> None:
    with pytest.raises(AssertionError) as raised:
        check_component(registry.find(role, name), registry)
    assert re.match(sentence, str(raised.value)), str(raised.value)
