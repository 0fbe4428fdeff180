"""What is kept of people, why and for how long; its erasure, and the export of one person's data."""
