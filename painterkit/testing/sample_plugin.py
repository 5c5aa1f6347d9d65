"""The kit's own plugin: small components named `sample`, for the parts that a check is not about.

plugins = load_plugins([("kit", "painterkit.testing.sample_plugin")])
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from painterkit.hookspecs import hookimpl
from painterkit.interfaces.context import BuildContext
from painterkit.registry import Component
from painterkit.roles import Role
from painterkit.settings import setting
from painterkit.testing.sample_data import SampleDataset
from painterkit.testing.sample_readers import SampleRegionEncoder, SampleWordEncoder

HERE = "painterkit.testing.sample_plugin"


@frozen
class SampleDatasetSettings:
    """Noisy pictures in four colours, told in two captions and up to three turns."""

    resolution: int = setting(16, help="Height of the pictures.", unit="px", at_least=8)


@frozen
class SampleWordsSettings:
    """Read the counts of letters of each word."""

    width: int = setting(8, help="Width of a word's vector, and of a sentence's.", at_least=1)


@frozen
class SampleRegionsSettings:
    """See sixteen regions of a picture."""

    width: int = setting(8, help="Width of a region's vector, and of the picture's.", at_least=1)
    resolution: int = setting(16, help="Height of the pictures.", unit="px", at_least=8)


@hookimpl
def painterkit_components() -> Iterable[Component]:
    """Offer a data set, and encoders of words and of regions."""
    return [
        Component(Role.DATASET, "sample", SampleDatasetSettings, f"{HERE}:build_dataset"),
        Component(Role.TEXT_ENCODER, "sample", SampleWordsSettings, f"{HERE}:build_words"),
        Component(Role.IMAGE_ENCODER, "sample", SampleRegionsSettings, f"{HERE}:build_regions"),
    ]


def build_dataset(settings: SampleDatasetSettings, context: BuildContext) -> SampleDataset:
    """Build the data set: 16 conversations to train with, 8 to validate."""
    return SampleDataset(settings.resolution, train=16, validation=8)


def build_words(settings: SampleWordsSettings, context: BuildContext) -> SampleWordEncoder:
    """Build the encoder of words."""
    return SampleWordEncoder(settings.width)


def build_regions(settings: SampleRegionsSettings, context: BuildContext) -> SampleRegionEncoder:
    """Build the encoder of regions."""
    return SampleRegionEncoder(settings.width, settings.resolution)
