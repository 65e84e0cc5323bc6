"""completions/_cronwrap."""

from collections.abc import Iterable

from cronwrap.docgen.commands import DIRECTORY, FILE, Command, Option

_HEAD = """#compdef cronwrap
# Completion of cronwrap(1) for zsh.
# Written by `python -m cronwrap.docgen`; every word is in it, so that a TAB starts no Python.
"""
# After the name of a subcommand its own function goes on.
_DISPATCH = """_{function}() {{
  if (( CURRENT > 2 )); then
    case $words[2] in
      {names})
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        curcontext="${{curcontext%:*}}-$command:"
        _{function}_$command
        return
        ;;
    esac
  fi
{else_}}}
"""
_DESCRIBE = """  local -a subcommands=(
{lines}
  )
"""
# The job is completed as if it stood alone; without a letter of it, no list of all commands.
_FIRST = """{describe}  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe -t subcommands subcommand subcommands
    [[ -n $PREFIX ]] && _command_names -e
    return
  fi
  _arguments -s -S \\
{options} \\
    '(-)1: :_command_names -e' \\
    '*::argument:_normal'
"""
_BELOW = """{describe}  _arguments -s -S \\
{options} \\
    '1: :{{_describe -t subcommands subcommand subcommands}}'
"""


def script(tree: Command) -> str:
    """Return the whole file."""
    functions = [_function(command) for command in tree.walk() if command.words]
    return "\n".join([_HEAD, *functions, _dispatching(tree), '_cronwrap "$@"\n'])


def _function(command: Command) -> str:
    if command.subcommands:
        return _dispatching(command)
    last = {"run": ["'(-)1: :_command_names -e'", "'*::argument:_normal'"]}.get(command.name, [])
    if command.name in {"history", "show"}:
        last = ["'*:check:'"]
    body = " \\\n".join(["  _arguments -s -S", *_specs(command.all_options), *_indented(last)])
    return f"_{_name(command)}() {{\n{body}\n}}\n"


def _dispatching(command: Command) -> str:
    lines = "\n".join(f"    {_quote(f'{one.name}:{one.summary}')}" for one in command.subcommands)
    return _DISPATCH.format(
        function=_name(command),
        names="|".join(one.name for one in command.subcommands),
        else_=(_BELOW if command.words else _FIRST).format(
            describe=_DESCRIBE.format(lines=lines),
            options=" \\\n".join(_specs(command.all_options)),
        ),
    )


def _name(command: Command) -> str:
    return "_".join(("cronwrap", *command.words))


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _specs(options: Iterable[Option]) -> list[str]:
    return _indented(_spec(option) for option in options)


def _spec(option: Option) -> str:
    """Return an option as _arguments wants it.

    >>> print(_spec(Option(("-t", "--timeout"), "DURATION", "End it.")))
    '(-t --timeout)'{-t+,--timeout=}'[End it]:DURATION: '
    """
    flags = [_joint(flag, option) for flag in option.flags]
    excluded = "*" if option.multiple else f"({' '.join(option.flags)})"
    written = f"{{{','.join(flags)}}}" if len(flags) > 1 else flags[0]
    value = f":{_escape(option.metavar)}:{_action(option)}" if option.metavar else ""
    return f"'{excluded}'{written}{_quote(f'[{_escape(option.hint)}]{value}')}"


def _joint(flag: str, option: Option) -> str:
    """Return *flag* with how its value may be joined to it."""
    if not option.metavar:
        return flag
    return f"{flag}=" if flag.startswith("--") else f"{flag}+"


def _action(option: Option) -> str:
    if option.words:
        return f"({' '.join(option.words)})"
    return {FILE: "_files", DIRECTORY: "_files -/"}.get(option.metavar, " ")


def _escape(text: str) -> str:
    for character in "\\[]:":
        text = text.replace(character, f"\\{character}")
    return text


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
