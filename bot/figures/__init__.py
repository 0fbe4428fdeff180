"""The figures of the contract in words."""
