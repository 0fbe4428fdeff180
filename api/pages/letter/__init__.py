"""A message to a household as a printed letter."""
