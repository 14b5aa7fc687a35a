"""Agents who work inside Telegram: a forum of the staff, with a topic for each conversation that needs a person.

`mirror` follows what happens and `topics` shows it in order; `agents` takes what the staff writes to the reception.
"""
