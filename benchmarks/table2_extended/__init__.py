"""Five bases, each with and without the dialogue: see __main__."""
