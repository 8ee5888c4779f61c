"""Speeds, each beside an anchor from the same run: these are ratios to watch, not limits to pass."""
