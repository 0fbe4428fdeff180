"""How much sound is taken in at once."""

LARGEST = 2 * 1024 * 1024  # bytes
LONGEST = 60.0  # seconds
