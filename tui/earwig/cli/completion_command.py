"""`earwig completion`: what teaches a shell to complete earwig's commands, options and sessions."""

from __future__ import annotations

import argparse

from earwig.cli.output import Output
from earwig.cli.parser import Parser
from earwig.core.text.safe_text import clean

_MORE = """
The script asks earwig for what fits, so that commands, options and the keys of sessions are always those of
today. Put it where your shell looks:

examples:
  earwig completion bash > ~/.local/share/bash-completion/completions/earwig
  earwig completion zsh > ~/.zfunc/_earwig            with fpath+=~/.zfunc before compinit
  earwig completion fish > ~/.config/fish/completions/earwig.fish
"""

_BASH = r"""# Completion of earwig in bash.
_earwig() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$(printf '%q' "$line")")
    done < <(earwig __complete "$COMP_CWORD" "${COMP_WORDS[@]:1}" 2>/dev/null)
}
complete -o default -F _earwig earwig
"""

_ZSH = r"""#compdef earwig
# Completion of earwig in zsh.
_earwig() {
    local -a found
    found=("${(@f)$(earwig __complete $((CURRENT - 1)) "${(@)words[2,-1]}" 2>/dev/null)}")
    [[ -n "$found" ]] && compadd -- "${found[@]}"
    _files
}
if [[ "$funcstack[1]" == "_earwig" ]]; then
    _earwig "$@"
else
    compdef _earwig earwig
fi
"""

_FISH = r"""# Completion of earwig in fish.
function __earwig_complete
    set -l words (commandline -opc) (commandline -ct)
    earwig __complete (math (count $words) - 1) $words[2..-1] 2>/dev/null
end
complete -c earwig -a '(__earwig_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


class _Options(argparse.Namespace):
    shell: str


def run(arguments: list[str], out: Output, err: Output) -> int:
    options = parser().parse_args(arguments, _Options())
    out.block(clean(SCRIPTS[options.shell]))
    return 0


def parser() -> Parser:
    taken = Parser("earwig completion", "Print what teaches your shell to complete earwig's words.", _MORE)
    taken.add_argument("shell", metavar="SHELL", choices=tuple(SCRIPTS), help="bash, zsh or fish")
    return taken
