"""The command line: one file a command, put together in `app`.

Nothing here imports torch until a command needs it: help, names and checks of a recipe answer at
once.
"""
