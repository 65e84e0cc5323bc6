"""completions/cronwrap.fish."""

from collections.abc import Iterator

from cronwrap.docgen.commands import DIRECTORY, FILE, RUN, Command, Option

_SCRIPT = r"""# Completion of cronwrap(1) for fish.
# Written by `python -m cronwrap.docgen`; every word is in it, so that a TAB starts no Python.

# Print where the cursor is, on the first line: "first" (the first word), "run" (among the options
# of a run), "value" (of one of them), "job", or a subcommand; then the words of the job.
function __cronwrap_place
    set -l words (commandline -opc)
    set -e words[1]
    if not set -q words[1]
        echo first
        return
    end
    set -l place
    while contains -- "$place $words[1]" @commands@
        set place (string trim -- "$place $words[1]")
        set -e words[1]
    end
    if not contains -- "$place" '' run
        echo $place
        return
    end
    while set -q words[1]
        switch $words[1]
            case --
                set -e words[1]
                printf '%s\n' job $words
                return
            case @with_value@
                set -e words[1]
                if not set -q words[1]
                    echo value
                    return
                end
            case '-*'
            case '*'
                printf '%s\n' job $words
                return
        end
        set -e words[1]
    end
    echo run
end

function __cronwrap_at
    set -l place (__cronwrap_place)
    contains -- "$place[1]" $argv
end

# Complete the job as if it stood alone; at the first word not without a letter of it, for that
# would be all the commands there are.
function __cronwrap_job
    set -l place (__cronwrap_place)
    set -l word (commandline -ct)
    contains -- "$place[1]" first run job; or return
    test "$place[1]" != job; and string match -q -- '-*' "$word"; and return
    test "$place[1]" = first -a -z "$word"; and return
    set -l line (string escape -- $place[2..-1]) "$word"
    complete --do-complete="$line"
end

complete -c cronwrap -f
complete -c cronwrap -n '__cronwrap_at first run job' -a '(__cronwrap_job)'
@completions@
"""


def script(tree: Command) -> str:
    """Return the whole file."""
    run = tree.find(RUN)
    commands = [f"{' '.join(one.words[:-1])} {one.name}" for one in tree.walk() if one.words]
    with_value = [flag for one in run.options for flag in one.flags if one.metavar]
    fields = {
        "commands": " ".join(_quote(words) for words in commands),
        "with_value": " ".join(with_value),
        "completions": "\n".join(_completions(tree)),
    }
    text = _SCRIPT
    for name, value in fields.items():
        text = text.replace(f"@{name}@", value)
    return text


def _completions(tree: Command) -> Iterator[str]:
    for command in tree.walk():
        place = " ".join(command.words)
        where = f'"{place}"' if " " in place else place or "first"
        for below in command.subcommands:
            yield _line(where, f"-a {below.name}", below.summary)
        for option in command.options:
            everywhere = command.name == RUN and option in tree.borrowed
            yield _line("first run value" if everywhere else where, _option(option), option.hint)


def _line(place: str, what: str, hint: str) -> str:
    condition = f"__cronwrap_at {place}"
    return f"complete -c cronwrap -n {_quote(condition)} {what} -d {_quote(hint)}"


def _option(option: Option) -> str:
    """Return an option as fish's complete wants it.

    >>> _option(Option(("-t", "--timeout"), "DURATION"))
    '-s t -l timeout -x'
    """
    flags = [
        f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
    ]
    if option.words:
        return f"{' '.join(flags)} -x -a {_quote(' '.join(option.words))}"
    if option.metavar == FILE:
        return f"{' '.join(flags)} -r -F"
    if option.metavar == DIRECTORY:
        return f"{' '.join(flags)} -x -a '(__fish_complete_directories)'"
    return " ".join([*flags, *(["-x"] if option.metavar else [])])


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
