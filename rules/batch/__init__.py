"""Many rows at once: tables of leaves, looked up by arrays."""
