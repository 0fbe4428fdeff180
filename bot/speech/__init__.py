"""Speech both ways: one file an engine, behind two protocols; what an engine cannot do is said, never guessed."""
