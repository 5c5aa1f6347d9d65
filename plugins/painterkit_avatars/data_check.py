"""Refuse data that the metrics of this plugin cannot measure."""

from __future__ import annotations

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.dataset import Dataset
from painterkit_avatars.attributes import ATTRIBUTES


def require_faces(metric: str, dataset: Dataset | None) -> None:
    """Raise WrongInput in the name of a metric if the data are known to be no faces of avatars."""
    if dataset is not None and dict(dataset.attributes) != dict(ATTRIBUTES):
        raise WrongInput(
            Problem(
                metric,
                "measures the faces of the data set avatars, and the data here is another",
                "leave the metric out, or draw faces of avatars",
            )
        )


def require_attribute_turns(metric: str, dataset: Dataset | None) -> None:
    """Raise WrongInput if no held-out turn tells an attribute with its value, as require_faces."""
    require_faces(metric, dataset)
    if dataset is None:
        return
    said = (turn for one in dataset.conversations("validation") for turn in one.turns)
    if not any(turn.attribute for turn in said):
        raise WrongInput(
            Problem(
                metric,
                "measures turns that tell an attribute each, and no turn of these data does",
                'train on data.turns = "attributes" or "sentences"; attribute-accuracy measures '
                "a dialogue",
            )
        )
