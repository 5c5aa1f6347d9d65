"""Measuring painters on held-out conversations."""
