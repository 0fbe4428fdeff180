"""What coordinators do with the logged questions, and what follows: one use case, one transaction."""
