"""Stand-ins for the services we talk to, over real sockets: no test reaches the real ones."""
