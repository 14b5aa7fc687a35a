"""The API for programs, under /api/v1, and the OpenAI-compatible one under /v1. Knows no page and no cookie."""
