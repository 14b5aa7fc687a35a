"""All operations of the app, read from its OpenAPI: what tests of access and of bad input go through."""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi


@dataclass(frozen=True)
class Operation:
    method: str
    path: str

    def address(self, conversation: str = "web:nobody") -> str:
        """The path with something in its gaps."""
        parts = [part if part[0] != "{" else "nothing" for part in self.path.strip("/").split("/")]
        return "/" + "/".join(parts) if "{conversation}" not in self.path else self._of(conversation)

    def _of(self, conversation: str) -> str:
        return self.path.replace("{conversation}", conversation)

    @property
    def door(self) -> str:
        """Whose door it is: the desk's, programs' or customers'."""
        if self.path.startswith("/desk/"):
            return "desk"
        return "programs" if self.path.startswith(("/api/v1/", "/v1/", "/api/ask")) else "customers"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def description_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI of all routes but the pages."""
    routes = [route for route in app.routes if "HEAD" not in (getattr(route, "methods", None) or ())]
    return get_openapi(title="Kefu", version="1", routes=routes)


def operations_of(app: FastAPI) -> list[Operation]:
    """All operations but the pages'."""
    paths = description_of(app)["paths"]
    return [Operation(method.upper(), path) for path, acts in paths.items() for method in acts]
