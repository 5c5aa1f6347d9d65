"""Run folders and checkpoints: written whole or not at all, never pickled."""
