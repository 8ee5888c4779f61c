"""The stand-in held against what a real server answered: `reading`, `replay`, `sameness`, `deviations`."""
