"""Recipes: the TOML files that name the parts of a painter and say how to train it."""
