"""Why, why not, what if: a Finding and all that explains it."""
