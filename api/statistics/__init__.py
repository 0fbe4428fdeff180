"""The figures of the coordinators: what was asked, what became of it, where visitors disagree."""
