"""What the guide of the missions shows of a ruleset."""
