"""What only the customers' API accepts: who a customer says to be, and what they think. Knows no HTTP."""

from typing import Annotated

from pydantic import AfterValidator, Field, StrictInt

from bot.channels.web.about import in_words
from bot.channels.web.schemas import Beginning, Rating, Request

LONGEST_COMMENT = 500
BEST_SCORE = 5


Comment = Annotated[str, Field(max_length=LONGEST_COMMENT), AfterValidator(in_words)]
Named = Annotated[str, Field(max_length=80), AfterValidator(in_words)]


class Introduction(Beginning):
    """How a visit begins; what an anonymous customer says to be is shown to agents, and believed by nobody."""

    name: Named = ""
    email: Named = ""

    @property
    def claimed(self) -> str:
        """How agents see who this is said to be; nothing when nothing was said."""
        said = " · ".join(part for part in (self.name, self.email) if part)
        return f"{said} (unverified)" if said else ""


class Judgement(Rating):
    """Whether an answer was helpful, and why."""

    comment: Comment = ""


class Score(Request):
    """How the whole conversation was, of five stars."""

    score: Annotated[StrictInt, Field(ge=1, le=BEST_SCORE)]
    comment: Comment = ""


class Scored(Request):
    """A score that is stored."""

    score: int
