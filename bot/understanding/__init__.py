"""What a visitor says or writes -> facts, to be confirmed. Pure: no clock, nothing read but its own data, once."""
