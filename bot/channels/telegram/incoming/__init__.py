"""From Telegram to the reception: how updates come, and what each kind means. Sends nothing by itself."""
