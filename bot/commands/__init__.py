"""The commands of `kefu`, one a file. They read arguments, call the house and print; they decide nothing.

Heavy imports stand inside the functions, so that every other command starts without them.
"""
