"""completions/cronwrap.bash."""

from collections.abc import Iterable, Iterator
from textwrap import fill

from cronwrap.docgen.commands import DIRECTORY, FILE, RUN, Command, Option

WIDTH = 80

# bash splits words at = and : too: --output=all is three words here, https://h/x is as well.
_SCRIPT = r"""# Completion of cronwrap(1) for bash, with bash-completion or without.
# Written by `python -m cronwrap.docgen`; every word is in it, so that a TAB starts no Python.

_cronwrap()
{
    local cur=${COMP_WORDS[COMP_CWORD]} command="" option i=1
    COMPREPLY=()
    [[ $cur == [:=] ]] && cur=""
    while ((i < COMP_CWORD)); do
        case "$command ${COMP_WORDS[i]}" in
            @commands@)
                command="${command:+$command }${COMP_WORDS[i]}"
                ((i++))
                ;;
            *) break ;;
        esac
    done
    while ((i < COMP_CWORD)); do
        option=${COMP_WORDS[i]}
        ((i++))
        case "${command#run}:$option" in
            :--)
                _cronwrap_job "$i"
                return
                ;;
@with_value@)
                [[ ${COMP_WORDS[i]} == "=" ]] && ((i < COMP_CWORD)) && ((i++))
                if ((i == COMP_CWORD)); then
                    _cronwrap_value "$option"
                    return
                fi
                ((i++))
                while ((i <= COMP_CWORD)) && [[ ${COMP_WORDS[i]} == [:=]* ]]; do
                    ((i += 2))
                done
                ((i > COMP_CWORD)) && return
                ;;
            *:-*) ;;
            :*)
                _cronwrap_job "$((i - 1))"
                return
                ;;
        esac
    done
    case "$command:$cur" in
@options@
        run:*) _cronwrap_job "$COMP_CWORD" ;;
@words@
        :*)
            # Without a letter of it, no list of all the commands there are.
            [[ -z $cur && COMP_CWORD -eq 1 ]] || _cronwrap_job "$COMP_CWORD"
            ((COMP_CWORD == 1)) && COMPREPLY+=($(compgen -W "@subcommands@" -- "$cur"))
            ;;
    esac
}

# Complete the value of an option.
_cronwrap_value()
{
    case $1 in
@values@
        @files@)
            local IFS=$'\n'
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$cur"))
            ;;
        @directories@)
            local IFS=$'\n'
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -d -- "$cur"))
            ;;
    esac
}

# Complete the job, which begins at word $1, as if it stood alone.
_cronwrap_job()
{
    local IFS=$' \t\n'
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        IFS=$'\n'
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -c -- "$cur"))
    else
        compopt -o default 2>/dev/null
    fi
}

complete -F _cronwrap cronwrap
"""


def script(tree: Command) -> str:
    """Return the whole file."""
    commands = list(tree.walk())
    fields = {
        "commands": _either(f'"{" ".join(c.words[:-1])} {c.name}"' for c in commands if c.words),
        "with_value": fill(
            _either(_with_value(commands)),
            WIDTH,
            initial_indent=" " * 12,
            subsequent_indent=" " * 16,
            break_on_hyphens=False,
        ).replace("\n", " \\\n"),
        "options": "\n".join(_reply(one, "-*", _flags(one.all_options)) for one in commands),
        "words": "\n".join(
            _reply(one, "*", [below.name for below in one.subcommands])
            for one in commands
            if one.words and one.subcommands
        ),
        "subcommands": " ".join(one.name for one in tree.subcommands),
        "files": _either(_flags(_those_with(commands, FILE))),
        "directories": _either(_flags(_those_with(commands, DIRECTORY))),
        "values": "\n".join(
            f'        {_either(one.flags)}) COMPREPLY=($(compgen -W "{joined}" -- "$cur")) ;;'
            for joined, one in _choices(commands).items()
        ),
    }
    text = _SCRIPT
    for name, value in fields.items():
        text = text.replace(f"@{name}@", value)
    return text


def _either(patterns: Iterable[str]) -> str:
    return " | ".join(sorted(set(patterns)))


def _place(command: Command) -> str:
    words = " ".join(command.words)
    return f'"{words}"' if " " in words else words


def _with_value(commands: list[Command]) -> Iterator[str]:
    """Yield a pattern for each option that takes a value."""
    for command in commands:
        place = _place(command) if command.name != RUN else ""
        for option in command.all_options:
            for flag in option.flags if option.metavar else ():
                yield f"{place}:{flag}"


def _reply(command: Command, pattern: str, words: Iterable[str]) -> str:
    """Return the branch of a case that offers *words*."""
    offer = " ".join(words)
    if len(offer) > WIDTH // 2:
        margin = " " * 16
        offer = f"\n{fill(offer, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)}\n{margin[4:]}"
    return (
        f"        {_place(command)}:{pattern})\n"
        f'            COMPREPLY=($(compgen -W "{offer}" -- "$cur"))\n'
        f"            ;;"
    )


def _flags(options: Iterable[Option]) -> list[str]:
    return [flag for option in options for flag in option.flags]


def _those_with(commands: list[Command], metavar: str) -> list[Option]:
    return [one for command in commands for one in command.options if one.metavar == metavar]


def _choices(commands: list[Command]) -> dict[str, Option]:
    found = (option for command in commands for option in command.options if option.words)
    return {" ".join(option.words): option for option in found}
