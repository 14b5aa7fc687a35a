"""The `kefu` command. Imports nothing heavy: `kefu --help` must answer at once."""

import sys

import typer

from bot.commands import ask, bench, calibrate, chat, doctor, evaluate, explain, invite, knowledge, models, serve
from bot.commands.failures import one_line

app = typer.Typer(
    name="kefu",
    help="Answers customers from what your team already knows: right or silent.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("serve")(serve.serve)
app.command("ask")(ask.ask)
app.command("explain")(explain.explain)
app.command("chat")(chat.chat)
app.command("invite")(invite.invite)
app.command("doctor")(doctor.doctor)
app.command("bench")(bench.bench)
app.command("calibrate")(calibrate.calibrate)
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(evaluate.app, name="eval")
app.add_typer(models.app, name="models")


def main() -> None:
    """Run the command; a known failure is one line on standard error and exit code 2."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        line = one_line(error)
        if line is None:
            raise
        typer.echo(f"kefu: {line}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
