"""How the API says no. Knows no method."""

from tests.fakes.telegram.ledger import Json


class Refusal(Exception):
    """The API says no."""

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters or {}


def bad(reason: str) -> Refusal:
    """400, and why."""
    return Refusal(400, f"Bad Request: {reason}")


def error(status: int, description: str, parameters: Json) -> Json:
    """The body of an answer that says no."""
    answer: Json = {"ok": False, "error_code": status, "description": description}
    return answer | {"parameters": parameters} if parameters else answer
