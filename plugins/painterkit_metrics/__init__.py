"""Metrics of drawn pictures that need no labels: the Inception score, and one like it."""
