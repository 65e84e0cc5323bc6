"""Prefixes: commands whose business is to run another one (``nice``, ``sudo``, ``sh -c``)."""

from collections.abc import Callable
from typing import NamedTuple

from cronwrap.lint.shell import Command, Text, Word

_MOST = 20  # prefixes before one command; nobody writes more, and walking them has an end
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "busybox sh"})


class Prefix(NamedTuple):
    """How a prefix is written.

    Attributes:
        values: its options that take a value in the next word, "-n" and "--adjustment".
        operands: how many words of its own come before the command.
        assigns: NAME=value may come before the command.
        script: the options whose value is a shell command.
        needs_dashes: the command begins after ``--`` only.
    """

    values: str = ""
    operands: int = 0
    assigns: bool = False
    script: str = ""
    needs_dashes: bool = False


PREFIXES = {
    "builtin": Prefix(),
    "cgexec": Prefix("-g"),
    "chpst": Prefix("-u -U -b -e -/ -n -l -L -m -d -o -p -f -c -r -t"),
    "chronic": Prefix(),
    "chroot": Prefix(operands=1),
    "chrt": Prefix("-T -P -D", operands=1),
    "command": Prefix(),
    "cpulimit": Prefix("-l -p -e"),
    "cronic": Prefix(),
    "doas": Prefix("-u -C -a"),
    "env": Prefix("-u --unset -C --chdir", assigns=True),
    "exec": Prefix("-a"),
    "fakeroot": Prefix("-l -s -i -b"),
    "flock": Prefix(
        "-w --timeout --wait -E --conflict-exit-code", operands=1, script="-c --command"
    ),
    "gosu": Prefix(operands=1),
    "ionice": Prefix("-c --class -n --classdata -P -u"),
    "lckdo": Prefix("-w -W", operands=1),
    "lockrun": Prefix("-L --lockfile --maxtime --wait", needs_dashes=True),
    "nice": Prefix("-n --adjustment"),
    "nocache": Prefix("-n"),
    "nohup": Prefix(),
    "numactl": Prefix("-C -N -m -i -p"),
    "run-one": Prefix(),
    "runitor": Prefix(
        "-uuid -slug -ping-key -handle -api-url -api-retries -api-timeout -every -on-success"
        " -on-nonzero-exit -on-exec-fail -ping-body-limit -create -req-header"
        " -api-retry-wait-min -api-retry-wait-max",
        needs_dashes=True,
    ),
    "runuser": Prefix("-u --user -g -G -s", script="-c --command"),
    "setlock": Prefix(operands=1),
    "setpriv": Prefix("--reuid --regid --groups --inh-caps --bounding-set"),
    "setsid": Prefix(),
    "setuidgid": Prefix(operands=1),
    "softlimit": Prefix("-m -d -s -l -a -o -p -f -c -r -t"),
    "solo": Prefix(),
    "stdbuf": Prefix("-i --input -o --output -e --error"),
    "su": Prefix("-s --shell -g -G -w", operands=9, script="-c --command"),
    "su-exec": Prefix(operands=1),
    "sudo": Prefix(
        "-u --user -g --group -h --host -p --prompt -C --close-from -r -t -D --chdir -R --chroot"
        " -T -U",
        assigns=True,
    ),
    "systemd-cat": Prefix("-t --identifier -p --priority --stderr-priority --level-prefix"),
    "systemd-inhibit": Prefix("--what --who --why --mode"),
    "systemd-run": Prefix("-u --unit -p --property --slice --uid --gid -E -M -H -t --description"),
    "taskset": Prefix(operands=1),
    "time": Prefix("-f --format -o --output"),
    "timelimit": Prefix("-t -T -s -S"),
    "timeout": Prefix("-k --kill-after -s --signal", operands=1),
    "torsocks": Prefix(),
    "trickle": Prefix("-d -u -w -t -l"),
    "unbuffer": Prefix(),
    "unshare": Prefix("-S -G -R -w"),
    "xvfb-run": Prefix("-e -f -n -p -s --server-args --server-num --error-file"),
}


def unwrap(command: Command, shell: str) -> None:
    """Set what *command* wraps, if it is a prefix."""
    command.wrapped = None
    wrap = _WAYS.get(command.program)
    if wrap is not None:
        wrap(command, shell)


def _eval(command: Command, shell: str) -> None:
    if len(command.args) == 1:
        _wrap_script(command, command.args[0], shell)


def _cronwrap(command: Command, shell: str) -> None:
    _wrap_words(command, _cronwrap_operand(command), shell)


def _cronitor(command: Command, shell: str) -> None:
    if command.values[:1] == ["exec"]:
        _wrap_words(command, 4 if command.values[2:3] == ["--"] else 3, shell)


def _sentry_cli(command: Command, shell: str) -> None:
    if command.values[:2] == ["monitors", "run"]:
        _wrap_words(command, _after_dashes(command), shell)


def _command(command: Command, shell: str) -> None:
    if command.values[:1] not in (["-v"], ["-V"]):  # which ask where it is, and run nothing
        _prefix(command, shell)


def _shell_script(command: Command, _: str) -> None:
    """``sh -c '...'``, ``bash -lc '...'``, ``bash -o pipefail -c '...'``."""
    words = command.words
    place, is_script = 1, False
    while (
        place < len(words)
        and words[place].literal[:1] in ("-", "+")
        and words[place].literal != "--"
    ):
        option = words[place].literal
        short = not option.startswith("--")
        is_script |= short and "c" in option
        place += 2 if short and option.endswith(("o", "O")) else 1
    if is_script and place < len(words):
        _wrap_script(command, words[place], command.program)


def _prefix(command: Command, shell: str) -> None:
    prefix, words = PREFIXES[command.program], command.words
    values, scripts = prefix.values.split(), prefix.script.split()
    place, operands = 1, prefix.operands
    while place < len(words):
        text = words[place].literal
        if text == "--":
            place += 1 + operands
            break
        if text in scripts and place + 1 < len(words):
            _wrap_script(command, words[place + 1], shell if command.program == "flock" else "sh")
            return
        if (text.startswith("-") and text != "-") or (text == "-" and command.program == "su"):
            place += 2 if text in values else 1
        elif prefix.assigns and "=" in text.partition("/")[0]:
            place += 1
        elif operands and not prefix.needs_dashes:
            operands -= 1
            place += 1
        else:
            break
    if prefix.needs_dashes:
        place = _after_dashes(command)
    _wrap_words(command, place, shell)


def _after_dashes(command: Command) -> int:
    literals = [word.literal for word in command.words]
    return literals.index("--") + 1 if "--" in literals else len(literals)


def _cronwrap_operand(command: Command) -> int:
    """Return where the job begins, as cronwrap's own parser finds it."""
    from cronwrap.run import options

    words = command.values
    if words and words[0] in options.SUBCOMMANDS:
        return len(command.words)
    skipped = 1 if words[:1] == ["run"] else 0
    line = options.parse(words[skipped:])
    if line.problem and "--" in words:
        return _after_dashes(command)
    return len(command.words) - len(line.command) if line.command else len(command.words)


def _wrap_words(command: Command, place: int, shell: str) -> None:
    words = command.words[place:]
    if not words or _depth(command) > _MOST:
        return
    # `flock L -c 'x'`: the script comes after the operand.
    if command.program == "flock" and words[0].literal in ("-c", "--command") and words[1:]:
        _wrap_script(command, words[1], shell)
        return
    inner = Command((words[0].start, words[-1].end, command.nest), words)
    inner.wrapper = command
    unwrap(inner, shell)
    command.wrapped = inner


def _depth(command: Command) -> int:
    depth, outer = 0, command.wrapper
    while outer is not None:
        depth, outer = depth + 1, outer.wrapper
    return depth


def _wrap_script(command: Command, word: Word, shell: str) -> None:
    """Let *command* wrap the script in *word*; what the outer shell expands stays as written."""
    from cronwrap.lint.shell_parse import parse_text  # which comes back here

    data = word.literal.encode(errors="surrogateescape")
    quotes = set(word.quotes)
    nest = word.quotes[0] if len(quotes) == 1 else "x"
    if len(command.nest) < 8:  # noqa: PLR2004 - nobody writes more; a recursion has an end
        command.wrapped = parse_text(Text(data, word.offsets), shell, command.nest + nest)


_WAYS: dict[str, Callable[[Command, str], None]] = {
    **dict.fromkeys(PREFIXES, _prefix),
    **dict.fromkeys(SHELLS, _shell_script),
    "command": _command,
    "cronitor": _cronitor,
    "cronwrap": _cronwrap,
    "eval": _eval,
    "sentry-cli": _sentry_cli,
}
