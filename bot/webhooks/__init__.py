"""Tells other programs what happened: signed, retried, and never silently lost. Knows no channel."""
