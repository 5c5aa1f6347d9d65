"""Parts that every base shares: encoders, samplers, losses and training-steps."""
