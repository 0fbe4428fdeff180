"""What an operator asks of an installation: does it work, what is missing, and which command helps."""
