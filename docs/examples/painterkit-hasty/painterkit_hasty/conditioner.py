from painterkit.interfaces.conditioner import Condition
from torch import nn


class Hasty(nn.Module):
    def __init__(self, embedding_width, width):
        super().__init__()
        self.width = self.noise_width = width
        self.linear = nn.Linear(embedding_width, 2 * width)

    def forward(self, embedding, noise):
        mu, log_variance = self.linear(embedding).chunk(2, dim=1)
        code = mu + log_variance.exp() * noise
        return Condition(embedding, code, mu, log_variance)


def build(settings, context):
    return Hasty(context.embedding_width, settings.width)
