"""What the commands do, one noun a file: each takes a home and returns the lines to print.

A file is imported when a command of it is asked for: whoever asks for a home's state need not wait for Dagster.
"""
