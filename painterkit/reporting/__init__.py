"""How a training tells how it goes: log, console, sample grids."""
