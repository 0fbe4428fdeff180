"""Reports to fill in, as DOCX and as a page: the N+1 visit (statement 67), the follow-up of a SR (64, 70)."""
