"""Where the gates of a painter's memory open while it draws a conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from attrs import field, frozen
from torch import Tensor, nn

from painterkit.data.batches import Batches
from painterkit.data.conversation import Conversation
from painterkit.errors import Problem, WrongInput
from painterkit.evaluation.evaluate import draw_rows
from painterkit.generation.painter import Painter
from painterkit.interfaces.dataset import ShowsWhere
from painterkit.interfaces.generator import Gated
from painterkit.interfaces.metric import Draws

WHERE = "--gates"


@frozen(eq=False)
class OpenGates:
    """What the turns of a conversation did to the memory.

    `maps` by cell, then by turn, are the means over channels of the gate that lets in what is new,
    [H, W] between 0 and 1; `gates` has that gate's name by cell. `images` [3, R, R] in [-1, 1] by
    turn; `masks` bool [R, R] by attribute told.
    """

    conversation: Conversation
    maps: Mapping[str, Mapping[int, Tensor]]
    gates: Mapping[str, str]
    images: Mapping[int, Tensor]
    masks: Mapping[str, Tensor]

    @property
    def told(self) -> dict[int, str]:
        """The attribute that each turn drawn has told, of the turns that tell one."""
        turns = {turn: self.conversation.turns[turn] for turn in self.images if turn >= 0}
        return {turn: said.attribute for turn, said in turns.items() if said.attribute}


def gated_cells(painter: Painter) -> dict[str, Gated]:
    """Return the gated cells of a painter's generator by name.

    Raises WrongInput where there are none, where they are idle because the last turn alone is
    drawn, or where the data do not tell what shows an attribute.
    """
    assembly = painter.assembly
    recipe, generator = assembly.recipe, assembly.parts.generator
    cells = {name: cell for name, cell in generator.named_modules() if isinstance(cell, Gated)}
    if not cells:
        what = f"the generator of this painter, {recipe.parts.generator.name}, has no gates"
        hint = "take a painter that remembers its turns in gated cells, such as a Conv-GRU's"
        raise WrongInput(Problem(WHERE, what, hint))
    if assembly.turns.first is None:
        what = f"this painter draws the {recipe.samplers.turns.name} alone, without its memory"
        raise WrongInput(Problem(WHERE, what, "take a painter that draws every turn"))
    if not isinstance(assembly.dataset, ShowsWhere):
        what = f"the data set {recipe.data.name} does not know where an attribute shows"
        raise WrongInput(Problem(WHERE, what, "take a painter of one that does, such as avatars"))
    said = (turn for one in assembly.dataset.conversations("validation") for turn in one.turns)
    if not any(turn.attribute for turn in said):
        what = "no turn of these data tells an attribute"
        raise WrongInput(Problem(WHERE, what, "take a painter of data whose turns do"))
    return cells


def open_gates(
    painter: Painter, cells: Mapping[str, Gated], split: Batches, row: int, seed: int = 0
) -> OpenGates:
    """Draw a conversation of a split with its gates watched, `cells` being its gated cells.

    The noise is that of seed + row, as in every measure.
    """
    dataset = painter.assembly.dataset
    assert isinstance(dataset, ShowsWhere), "gated_cells refuses other data"
    with _watched(cells) as seen:
        drawn = draw_rows(painter, split, np.array([row]), Draws(every_turn=True), seed)
    assert drawn.turns is not None, "they were asked for"
    assert drawn.moments is not None, "they were asked for"
    [conversation], turns = drawn.conversations, drawn.moments[0].tolist()
    told = {turn.attribute for turn in conversation.turns if turn.attribute}
    masks = {name: dataset.attribute_mask(conversation, name) for name in sorted(told)}
    return OpenGates(
        conversation,
        {name: dict(zip(turns, maps, strict=True)) for name, maps in seen.maps.items()},
        seen.gates,
        dict(zip(turns, drawn.turns[0].cpu(), strict=True)),
        {name: torch.from_numpy(mask) for name, mask in masks.items()},
    )


Watch = Callable[[nn.Module, tuple[Tensor, Tensor]], None]


@frozen
class _Seen:
    """The maps of each cell, one a call, and the names of their gates."""

    maps: dict[str, list[Tensor]] = field(factory=dict)
    gates: dict[str, str] = field(factory=dict)


@contextmanager
def _watched(cells: Mapping[str, Gated]) -> Iterator[_Seen]:
    """Keep the map of every call of the cells, for a batch of one."""
    seen = _Seen()

    def watcher(name: str, cell: Gated) -> Watch:
        def watch(_: nn.Module, given: tuple[Tensor, Tensor]) -> None:
            x, state = given
            gate, opening = next(iter(cell.gates(x, state.to(x.dtype)).items()))
            seen.gates[name] = gate
            seen.maps.setdefault(name, []).append(opening[0].float().mean(0).cpu())

        return watch

    with ExitStack() as hooks:
        for name, cell in cells.items():
            assert isinstance(cell, nn.Module), "it was found among the generator's modules"
            hooks.enter_context(cell.register_forward_pre_hook(watcher(name, cell)))
        yield seen
