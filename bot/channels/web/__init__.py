"""The web door: the customers' widget, the agents' desk and their API. Knows no model."""
