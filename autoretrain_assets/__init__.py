"""autoretrain: a Dagster asset platform that keeps an object detector good while its world changes."""
