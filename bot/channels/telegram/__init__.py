"""The Telegram door. Only carries: it knows no model, no phrase of the desk and no Redis key.

Importing this package imports aiogram, which takes seconds: only whoever has a token should.
"""

from bot.channels.telegram.channel import run
from bot.channels.telegram.errors import TelegramError

__all__ = ["TelegramError", "run"]
