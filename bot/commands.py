"""The commands that more than one part of a conversation knows, and what may follow /start."""

START, ASK, LANGUAGE = "start", "sr_ou_n1", "langue"
TERRITORY_PAYLOAD, HOUSEHOLD_PAYLOAD = "t_", "c-"
