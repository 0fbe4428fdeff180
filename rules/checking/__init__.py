"""The rules proved over every combination, compared with what was reviewed, and tried with mistakes."""
