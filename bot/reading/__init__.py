"""What a message tells besides its question. Knows no knowledge and no conversation."""
