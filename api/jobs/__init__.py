"""Durable jobs: taken in within a transaction, run by the server, taken up again after a crash."""
