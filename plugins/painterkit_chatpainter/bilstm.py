"""The `bilstm` dialogue encoder: ChatPainter's recurrent encoder."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit_chatpainter.settings import BiLSTMSettings

Pooling = Literal["last", "mean"]


class BiLSTM(nn.Module):
    """Give the states of both directions over the turns read so far, joined.

    With the pooling "last" they are each direction's last state, with "mean" the mean over the
    turns read.
    """

    reads = "turns"
    causal = False

    def __init__(self, turn_width: int, direction_width: int, pooling: Pooling = "last") -> None:
        super().__init__()
        self.width = 2 * direction_width
        self.pooling: Pooling = pooling
        self.lstm = nn.LSTM(turn_width, direction_width, batch_first=True, bidirectional=True)

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        """Return [B, K, H] for turns [B, T, D], mask [B, T] and moments drawn [B, K]."""
        batch, moments = drawn.shape
        read = (drawn + 1).clamp(min=0).minimum(mask.sum(dim=1, keepdim=True)).flatten()
        if features.shape[1] == 0:
            return features.new_zeros(batch, moments, self.width)
        turns = features.repeat_interleave(moments, dim=0)
        # A packed sequence cannot be empty: read one turn, and drop what was read below.
        lengths = read.clamp(min=1)
        packed = pack_padded_sequence(turns, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, (last, _) = self.lstm(packed)
        if self.pooling == "last":
            pooled = last.transpose(0, 1).reshape(batch * moments, self.width)
        else:
            # What was not read is zero here, and the backward direction began at the moment.
            over_turns, _ = pad_packed_sequence(states, batch_first=True)
            pooled = over_turns.sum(dim=1) / lengths.unsqueeze(1)
        return (pooled * (read > 0).unsqueeze(1)).view(batch, moments, self.width)


def build(settings: BiLSTMSettings, context: BuildContext) -> BiLSTM:
    """Build the encoder for the agreed width of a turn.

    Raises WrongInput for a width of 0, and for an odd state that both directions are to share.
    """
    if context.turn_width == 0:  # which torch's LSTM refuses in its own words
        raise WrongInput(
            Problem(
                "",
                "has nothing to read: the turn encoder reads nothing",
                "name a text encoder in parts.turn_encoder that reads turns",
            )
        )
    if settings.hidden_counts == "each":
        return BiLSTM(context.turn_width, settings.hidden, settings.pooling)
    if settings.hidden % 2:
        raise WrongInput(
            Problem(
                "bilstm.hidden",
                f"must be even, got {settings.hidden}",
                "half a direction; hidden_counts = 'each' takes any",
            )
        )
    return BiLSTM(context.turn_width, settings.hidden // 2, settings.pooling)
