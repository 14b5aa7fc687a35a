"""From the outbox to Telegram: what is sent, when, and what became of it. Knows no update."""
