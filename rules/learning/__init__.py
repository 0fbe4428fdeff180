"""How few questions an interview can ask, and in which order."""
