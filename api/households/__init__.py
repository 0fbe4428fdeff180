"""Household cases at work: what is sent, what comes back, and what follows. Each use case is one transaction."""
