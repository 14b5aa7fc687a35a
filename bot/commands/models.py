"""`kefu models`: what the catalogue offers, what lies on this disk, and whether it is whole."""

import sys
from typing import Annotated

import typer

from bot.commands.common import load_settings

app = typer.Typer(help="The models of the catalogue: list, pull, verify.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="Keys of the catalogue; none: the default models.")]
DEFAULTS = ("minilm", "e5-small", "qwen-0.5b")


@app.command("list")
def list_() -> None:
    """Every model of the catalogue, its size, licence and whether it is ready."""
    from bot.models.ready import list_models

    settings = load_settings("warning")
    for listed in list_models(settings.models_dir):
        model = listed.model
        state = "ready" if listed.ready else f"{model.download_bytes / 1e6:,.0f} MB to pull"
        sys.stdout.write(f"{model.key:<12} {model.kind:<10} {state:<18} {model.licence:<11} {model.title}\n")


@app.command("pull")
def pull(
    names: Names = None, again: Annotated[bool, typer.Option(help="Even if it is there: bring it anew.")] = False
) -> None:
    """Bring models here: resumable, and checked by sha256."""
    from bot.commands.progress import model_bar
    from bot.models.catalogue import find_model
    from bot.models.ready import ensure

    settings = load_settings("warning")
    for name in names or DEFAULTS:
        with model_bar(name) as progress:
            folder = ensure(find_model(name), settings.models_dir, progress, again=again)
        sys.stdout.write(f"{name}: ready in {folder}\n")


@app.command("verify")
def verify(names: Names = None) -> None:
    """Read every file of the models and compare it with its sha256."""
    from bot.models.catalogue import find_model
    from bot.models.ready import is_ready
    from bot.models.ready import verify as verify_model

    settings = load_settings("warning")
    chosen = [find_model(name) for name in names or DEFAULTS]
    for model in chosen:
        if not names and not is_ready(model, settings.models_dir):
            sys.stdout.write(f"{model.key}: not pulled\n")
            continue
        verify_model(model, settings.models_dir)
        sys.stdout.write(f"{model.key}: every file is what it should be\n")
