"""``kantadesk completion``: the script that lets a shell complete commands and options."""

from __future__ import annotations

import click

from starter.language.fixed_lists import fixed
from starter.language.lists import SHELLS
from starter.language.words import N_, _
from starter.terminal.errors import Wrong
from starter.terminal.needed import NeededArgument
from starter.terminal.word_types import WordOf


@click.command
@click.argument(
    "shell",
    cls=NeededArgument,
    metavar="SHELL",
    type=WordOf(fixed(SHELLS)),
    asks=N_("Which shell: bash, zsh or fish?"),
)
def completion(shell: str) -> None:
    r"""Print the completion script for SHELL.

    \b
      bash:  kantadesk completion bash > ~/.local/share/bash-completion/completions/kantadesk
      zsh:   kantadesk completion zsh > "${fpath[1]}/_kantadesk"
      fish:  kantadesk completion fish > ~/.config/fish/completions/kantadesk.fish
    """
    from click.shell_completion import get_completion_class

    from starter.cli import cli
    from starter.shells import register

    register()
    made = get_completion_class(shell)
    if made is None:
        raise Wrong(_("SHELL: there is no completion for {shell}; give bash, zsh or fish", shell=shell))
    click.echo(made(cli, {}, "kantadesk", "_KANTADESK_COMPLETE").source())
