"""Sources in, entries out. Knows nothing of vectors, snapshots and answering.

Nothing is imported here: whoever only needs `Entry` does not pay for the parsers that `load` needs.
"""
