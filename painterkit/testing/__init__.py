"""The conformance kit: is a component what its role promises?

A plugin's author runs it in a test of the plugin:

    from painterkit.testing import check_plugin


    def test_the_plugin_keeps_its_promises():
        check_plugin("my-plugin")

It checks all that the plugin brings. `painterkit.testing.pytest_plugin` makes a test of each of
these checks, and `painterkit check --plugin my-plugin` does the same on the command line. One
component, with settings changed, is checked by itself:

    from painterkit.plugins import load_plugins
    from painterkit.roles import Role
    from painterkit.testing import check_component


    def test_my_generator_with_a_memory():
        registry = load_plugins().registry
        offer = registry.find(Role.GENERATOR, "my-generator")
        check_component(offer, registry, {"memory": "gru"})

Each component is checked with the `samples` that it is offered with, which make it small: tests
take seconds. The table is what to change in the first of them. A check that fails raises
AssertionError with a sentence such as `generator 'mine': the picture at 64 px leaves [-1, 1]: it
reaches 1.7 in train mode`.

There is one function a role, in `painterkit.testing` as well. It is given a `Subject`, which can
also be made by hand for a module that no plugin offers:

    check_generator(Subject("generator 'mine'", lambda context: Mine(context), context))

All checks run on the CPU, in float32 but where they say otherwise, with seeded inputs.
"""

from __future__ import annotations

from painterkit.testing.component import check_component
from painterkit.testing.conditioner import check_conditioner
from painterkit.testing.dataset import check_dataset
from painterkit.testing.dialogue_encoder import check_dialogue_encoder
from painterkit.testing.discriminator import check_discriminator
from painterkit.testing.generator import check_generator
from painterkit.testing.image_encoder import check_image_encoder
from painterkit.testing.loss import check_loss
from painterkit.testing.metric import check_metric
from painterkit.testing.plugin import check_plugin, plugin_checks
from painterkit.testing.sample_batches import sample_batch
from painterkit.testing.sample_data import SampleDataset
from painterkit.testing.sample_parts import sample_parts
from painterkit.testing.samplers import check_noise_sampler, check_turn_sampler
from painterkit.testing.subject import (
    Subject,
    check_settings,
    sample_context,
    sample_settings,
    subject_of,
)
from painterkit.testing.text_encoder import check_text_encoder
from painterkit.testing.training_step import check_training_step
from painterkit.testing.verdict import Unchecked

__all__ = [
    "SampleDataset",
    "Subject",
    "Unchecked",
    "check_component",
    "check_conditioner",
    "check_dataset",
    "check_dialogue_encoder",
    "check_discriminator",
    "check_generator",
    "check_image_encoder",
    "check_loss",
    "check_metric",
    "check_noise_sampler",
    "check_plugin",
    "check_settings",
    "check_text_encoder",
    "check_training_step",
    "check_turn_sampler",
    "plugin_checks",
    "sample_batch",
    "sample_context",
    "sample_parts",
    "sample_settings",
    "subject_of",
]
