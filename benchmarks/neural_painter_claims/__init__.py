"""The Neural Painter's claims, measured: see __main__."""
