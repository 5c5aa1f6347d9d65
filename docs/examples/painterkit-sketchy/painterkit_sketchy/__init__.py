"""Draw with strokes of a brush: a plugin of painterkit."""
