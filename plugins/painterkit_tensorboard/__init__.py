"""Trainings as TensorBoard shows them."""
