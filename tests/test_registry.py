"""Finding components by name, and importing what builds them."""

from __future__ import annotations

import sys
from importlib import invalidate_caches
from pathlib import Path

import pytest
from attrs import define, frozen

from painterkit.build_import import WRONG_MODULE
from painterkit.component_check import component_fault
from painterkit.errors import Failure, WrongInput
from painterkit.registry import Component, Offer, Registry
from painterkit.roles import Role


@frozen
class NoSettings:
    """Have nothing to set."""


@define
class Thawed:
    """Forget to be frozen."""


@frozen
class Unreadable:
    """Hold what no recipe can."""

    data: bytes = b""


def component(role: Role, name: str, build: str = "nowhere:build") -> Component:
    return Component(role, name, NoSettings, build)


OFFERS = [
    Offer(component(Role.GENERATOR, "stack"), "one", "1.0", "one-dist"),
    Offer(component(Role.GENERATOR, "attention"), "one"),
    Offer(component(Role.GENERATOR, "stack"), "two"),
    Offer(component(Role.DIALOGUE_ENCODER, "bilstm"), "one"),
    Offer(component(Role.IMAGE_ENCODER, "both"), "one"),
    Offer(component(Role.LOSS, "both"), "two"),
]


@pytest.fixture
def registry() -> Registry:
    return Registry(OFFERS)


def test_find(registry: Registry) -> None:
    assert registry.find(Role.GENERATOR, "attention") is OFFERS[1]
    assert registry.find(Role.GENERATOR, "one:stack") is OFFERS[0]
    assert registry.find(Role.GENERATOR, "two:stack") is OFFERS[2]
    assert registry.find(Role.LOSS, "both") is OFFERS[5]


@pytest.mark.parametrize(
    ("role", "name", "sentence"),
    [
        (
            Role.GENERATOR,
            "atention",
            "no generator is named 'atention'; did you mean 'attention'?",
        ),
        (
            Role.GENERATOR,
            "bilstm",
            "no generator is named 'bilstm'; 'bilstm' is a dialogue-encoder",
        ),
        (
            Role.GENERATOR,
            "both",
            "no generator is named 'both'; 'both' is an image-encoder and a loss",
        ),
        (
            Role.GENERATOR,
            "stack",
            "'stack' is offered by the plugins 'one' and 'two'; write 'one:stack' or 'two:stack'",
        ),
        (
            Role.GENERATOR,
            "two:stak",
            "no generator is named 'two:stak'; did you mean 'two:stack'?",
        ),
        (
            Role.GENERATOR,
            "tow:stack",
            "no generator is named 'tow:stack'; no plugin 'tow' is loaded: did you mean 'two'?",
        ),
        (Role.METRIC, "fid", "no metric is named 'fid'; there are none"),
    ],
)
def test_wrong_names(registry: Registry, role: Role, name: str, sentence: str) -> None:
    with pytest.raises(WrongInput) as caught:
        registry.find(role, name)
    assert str(caught.value) == sentence


def test_a_plugin_that_is_not_loaded_is_named() -> None:
    with pytest.raises(WrongInput) as caught:
        Registry(OFFERS, unloaded=["broken"]).find(Role.METRIC, "fid")
    assert str(caught.value) == (
        "no metric is named 'fid'; there are none "
        "(not loaded: 'broken'; run 'painterkit plugins' to see why)"
    )


def test_offers_are_sorted_and_filtered(registry: Registry) -> None:
    names = [offer.component.name for offer in registry.offers(Role.GENERATOR)]
    assert names == ["attention", "stack", "stack"]
    assert [offer.plugin for offer in registry.offers(glob="two:*")] == ["two", "two"]
    assert [offer.component.role for offer in registry.offers(glob="bo*")] == [
        Role.IMAGE_ENCODER,
        Role.LOSS,
    ]
    assert len(registry.offers()) == len(OFFERS)
    assert registry.offers(Role.METRIC) == ()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (component(Role.LOSS, "kl"), None),
        (3, "it offers 3, which is no painterkit.registry.Component"),
        (
            Component("loss", "kl", NoSettings, "a:b"),  # type: ignore[arg-type]
            "the role of component 'kl' must be a painterkit.roles.Role, got 'loss'",
        ),
        (
            component(Role.LOSS, "Big_Name"),
            "the name of a loss must be kebab-case, as in 'my-loss', got 'Big_Name'",
        ),
        (
            component(Role.LOSS, "kl", "module.function"),
            "the build of loss 'kl' must have the form 'package.module:function', "
            "got 'module.function'",
        ),
        (
            Component(Role.LOSS, "kl", dict, "a:b"),
            "the settings of loss 'kl' must be an attrs class, got <class 'dict'>",
        ),
        (
            Component(Role.LOSS, "kl", Thawed, "a:b"),
            "the settings of loss 'kl' must be frozen: write @attrs.frozen above the class",
        ),
        (
            Component(Role.LOSS, "kl", Unreadable, "a:b"),
            "the settings of loss 'kl': Unreadable.data has the type bytes, which no recipe can "
            "hold",
        ),
    ],
)
def test_components_are_checked(wrong: object, sentence: str | None) -> None:
    assert component_fault(wrong) == sentence


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write modules of a plugin where Python finds them."""
    sources = {
        "pk_right": "def build(settings, context):\n    return 'built', settings, context\n",
        "pk_needs": "import sentence_transformerz.models\n",
        "pk_broken": "1 / 0\n",
        "pk_syntax": "def\n",
    }
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_text(source)
    metadata = tmp_path / "fake_dist-1.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(
        "Metadata-Version: 2.1\nName: fake-dist\nVersion: 1.0\n"
        "Requires-Dist: numpy\n"
        "Requires-Dist: sentence-transformerz>=3; extra == 'text'\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    invalidate_caches()


def build_function(build: str, distribution: str = "") -> object:
    one = component(Role.LOSS, "mine", build)
    registry = Registry([Offer(one, "fake", "1.0", distribution)])
    return registry.build_function(one)("settings", "context")


@pytest.mark.usefixtures("modules")
def test_a_build_function_is_imported() -> None:
    assert build_function("pk_right:build") == ("built", "settings", "context")


@pytest.mark.usefixtures("modules")
@pytest.mark.parametrize(
    ("build", "distribution", "sentence"),
    [
        ("pk_right:biuld", "", "its module pk_right has no function biuld; did you mean 'build'?"),
        ("pk_gone.x:build", "", f"its module pk_gone.x does not exist; {WRONG_MODULE}"),
        ("pk_right.x:build", "", f"its module pk_right.x does not exist; {WRONG_MODULE}"),
        (
            "pk_needs:build",
            "",
            "needs sentence_transformerz, which is not installed; install the package that "
            "provides the module sentence_transformerz",
        ),
        (
            "pk_needs:build",
            "fake-dist",
            "needs sentence_transformerz, which is not installed; run: pip install "
            "'fake-dist[text]'",
        ),
        (
            "pk_broken:build",
            "",
            "its module pk_broken cannot be imported: ZeroDivisionError: division by zero; this "
            "is a fault of the plugin",
        ),
    ],
)
def test_what_cannot_be_imported(build: str, distribution: str, sentence: str) -> None:
    with pytest.raises(Failure) as caught:
        build_function(build, distribution)
    assert str(caught.value) == f"component 'mine' of plugin 'fake'   {sentence}"


@pytest.mark.usefixtures("modules")
def test_a_syntax_error_is_a_failure_too() -> None:
    with pytest.raises(Failure, match="pk_syntax cannot be imported: SyntaxError"):
        build_function("pk_syntax:build")
