"""The installation's key: what signs visitors' tokens, and what other secrets are made of."""

import os
import secrets

from bot.settings import Settings


def secret_key(settings: Settings) -> str:
    """The key that signs visitors' tokens: the setting, else one that is made once and kept in the data folder."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text("utf-8")
