"""A corpus of hostile and broken input, made by code from small parts, and what must come of it."""
