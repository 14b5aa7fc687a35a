"""Immutable versions of the knowledge: built whole, checked before use, swapped by one rename.

On disk: `DIR/CURRENT` names the snapshot in use, `DIR/snapshots/ID/` holds each. An id is the time of building and
the start of the manifest's sha256; the manifest has the sha256 of every file. So the id vouches for every byte.
"""
