"""A plugin of painterkit with a fault in it."""
