"""Programs that are told of verdicts: where they may be, what they are told, and how it gets there."""
