"""Training steps as the peers write them, to be compared with ours."""
