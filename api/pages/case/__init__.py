"""A household case as a page shows it."""
