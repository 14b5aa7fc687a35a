"""How sure one may be, found out on the owner's own entries.

Questions of the entries are asked of the rest: their own texts left out, their entries taken away, and everyday
questions besides. From what is found then, weights are fitted and a threshold is chosen that keeps a promise.
"""
