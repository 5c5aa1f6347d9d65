"""The `bilstm` dialogue encoder: ChatPainter's recurrent encoder."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from painterkit.errors import Problem, WrongInput
from painterkit.interfaces.context import BuildContext
from painterkit_chatpainter.settings import BiLSTMSettings


class BiLSTM(nn.Module):
    """Give the last states of both directions over the turns read so far."""

    causal = False

    def __init__(self, turn_width: int, hidden: int) -> None:
        super().__init__()
        self.width = hidden
        self.lstm = nn.LSTM(turn_width, hidden // 2, batch_first=True, bidirectional=True)

    def forward(self, features: Tensor, mask: Tensor, drawn: Tensor) -> Tensor:
        """Return [B, K, H] for turns [B, T, D], mask [B, T] and moments drawn [B, K]."""
        batch, moments = drawn.shape
        read = (drawn + 1).clamp(min=0).minimum(mask.sum(dim=1, keepdim=True)).flatten()
        if features.shape[1] == 0:
            return features.new_zeros(batch, moments, self.width)
        turns = features.repeat_interleave(moments, dim=0)
        # A packed sequence cannot be empty: read one turn, and drop what was read below.
        lengths = read.clamp(min=1).cpu()
        packed = pack_padded_sequence(turns, lengths, batch_first=True, enforce_sorted=False)
        _, (last, _) = self.lstm(packed)
        joined = last.transpose(0, 1).reshape(batch * moments, self.width)
        return (joined * (read > 0).unsqueeze(1)).view(batch, moments, self.width)


def build(settings: BiLSTMSettings, context: BuildContext) -> BiLSTM:
    """Build the encoder for the agreed width of a turn."""
    if settings.hidden % 2:
        raise WrongInput(
            Problem("bilstm.hidden", f"must be even, got {settings.hidden}", "half a direction")
        )
    return BiLSTM(context.turn_width, settings.hidden)
