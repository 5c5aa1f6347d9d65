"""What experiments with several seeds share: trainings that go on, intervals, tables."""
