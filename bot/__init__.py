"""Who speaks, what is said, and where."""
