"""The figures of the contract: each reading of the text with its name."""
