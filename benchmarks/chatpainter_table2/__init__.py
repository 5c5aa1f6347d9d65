"""ChatPainter's comparison, measured: see __main__."""
