"""Hearing visitors and being heard: voice notes as durable jobs, sounds made once."""
