"""The rules as programs that stand alone, in Python and in JavaScript."""
