"""The trainer: phases, optimizers, averages and precision."""
