"""Who may see and do what: accounts and their roles, sessions, the gate before every page of coordinators."""
