"""What we know. Synchronous and pure: knows no event loop, no Redis, no environment and nothing of `bot`."""
