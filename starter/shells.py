"""Completion in bash and zsh where click's own falls short: a criterion is answered behind its "=", in one word.

bash breaks words at "=" and ":", and both shells would set a blank behind "safety=". fish does neither.
"""

from __future__ import annotations

import os
from typing import ClassVar

from click.shell_completion import BashComplete, ZshComplete, add_completion_class, split_arg_string

BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line="${COMP_LINE:0:COMP_POINT}" response completion type value
    local word="${line##* }"
    local before="${word%%"${word##*[=:]}"}"

    response=$(env COMP_WORDS="$line" COMP_CWORD=0 %(complete_var)s=bash_complete $1)

    COMPREPLY=()
    for completion in $response; do
        IFS=',' read type value <<< "$completion"
        if [[ $type == 'dir' ]]; then
            compopt -o dirnames
        elif [[ $type == 'file' ]]; then
            compopt -o default
        elif [[ $type == 'plain' ]]; then
            [[ $value == *= ]] && compopt -o nospace
            COMPREPLY+=("${value#"$before"}")
        fi
    done

    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_ZSH_ADDS = "compadd -U -V unsorted -a completions"
_ZSH_COLLECTS = 'completions+=("$key")'


class OneWordBash(BashComplete):
    """bash is asked with the line as it was typed, and told what follows its last "=" or ":"."""

    source_template: ClassVar[str] = BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the last one, and that one."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)
        last = "" if not words or line[-1:].isspace() else words.pop()
        return words[1:], last


class OneWordZsh(ZshComplete):
    """No blank is set behind what ends with "="."""

    source_template: ClassVar[str] = (
        ZshComplete.source_template.replace("local -a response\n", "local -a response unfinished\n")
        .replace(_ZSH_COLLECTS, 'if [[ "$key" == *= ]]; then unfinished+=("$key"); else ' + _ZSH_COLLECTS + "; fi")
        .replace(
            _ZSH_ADDS,
            _ZSH_ADDS + "\n    fi\n\n    if [ -n \"$unfinished\" ]; then\n        compadd -U -S '' -a unfinished",
        )
    )


def register() -> None:
    """Let click complete with these."""
    add_completion_class(OneWordBash)
    add_completion_class(OneWordZsh)
