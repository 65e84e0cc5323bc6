r"""A program that wants a terminal; a job of cron has none.

``docker exec -it`` ends with ``the input device is not a TTY`` and runs nothing. ``mysql -p``
asks for a password that nobody types; ``top``, ``screen`` and editors do not start. The first
docker-compose takes a terminal for ``exec`` unless ``-T`` says otherwise; ``docker compose`` looks
whether there is one. ``apt-get upgrade`` and their like ask, get no answer, and change nothing.

Bad::

    0 3 * * * docker exec -it shop /usr/local/bin/backup

Good::

    0 3 * * * docker exec shop /usr/local/bin/backup
    0 4 * * * top -b -n 1 > /var/log/top.log
"""

import re
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, WARNING, Rule
from cronwrap.lint.shell import Command, Word

_CONTAINERS = {"docker", "podman", "nerdctl", "kubectl", "oc"}
_VERBS = ("exec", "run", "compose", "rsh")
_FLAGS = {"--interactive", "--tty", "--rm", "--init", "--detach", "--privileged", "--read-only",
          "--quiet", "--stdin"}  # fmt: skip
_TAKE_VALUES = "euwvpnlmhca"
_NO_TERMINAL = re.compile(r"-\w*[Td]\w*|--no-TTY|--no-tty|--detach")  # of docker-compose exec
_MYSQL = re.compile(r"(?:mysql|mariadb)(?:dump|admin|check|import|show|-\w+)?")
_SCREENS = {"vi", "vim", "nano", "emacs", "top", "htop", "atop", "less", "watch", "dialog", "whiptail",
            "mc", "screen", "tmux", "minicom"}  # fmt: skip
# The first words or options with which such a program needs none.
_QUIET = {
    "vi": "-s -e -es -Es -E -c +",
    "emacs": "--batch -batch --script --daemon",
    "top": "-b",
    "atop": "-w -P -r -b",
    "less": "-E -F -X",
    "screen": "-d -D -X -ls -list -wipe -Q",
    "tmux": "-d send kill has list ls display run set capture source start wait show send-keys",
}
_CHANGES = {"upgrade", "dist-upgrade", "full-upgrade", "update", "autoremove", "install", "remove"}
_ASKS = {"apt-get": _CHANGES - {"update"}, "apt": _CHANGES - {"update"}, "yum": _CHANGES,
         "dnf": _CHANGES}  # fmt: skip
_ANSWERED = re.compile(r"-\w*[ysd]\w*|-qq|-q=2|--(?:assume-?)?yes|--simulate|--dry-run|--.*only")
_EVERYWHERE = ("--version", "--help", "-V", "-v")


def _find(job: Job) -> Iterator[Found]:
    for command in job.script.programs():
        name = command.program
        if name in _CONTAINERS:
            yield from _of_container(job, command)
        elif name == "docker-compose":
            yield from _of_compose(job, command)
        elif name in _ASKS:
            yield from _of_packages(job, command)
        elif name in _SCREENS and not _is_quiet(command):
            yield job.found(
                command.words[0],
                f"{name} wants a terminal, and cron has none: it ends without doing anything",
                "use a command that needs no screen" if name != "top" else "write `top -b -n 1`",
            )
        elif _MYSQL.fullmatch(name) and (where := _password_asked(command)) is not None:
            yield job.found(
                where,
                f"{name} asks for the password here, and cron has no terminal to type it at",
                "write the password into a file that only its owner can read, and give it with"
                " --defaults-extra-file=FILE",
            )


def _of_container(job: Job, command: Command) -> Iterator[Found]:
    verb = next((one for one in command.args if one.literal in _VERBS), None)
    if verb is None or verb.literal not in ("exec", "run"):
        return
    options = _options_behind(command.args[command.args.index(verb) + 1 :])
    letters = {letter for one in options for letter in _letters(one)}
    if "t" not in letters:
        return
    where = next(one for one in options if "t" in _letters(one))
    fails = command.program in ("docker", "nerdctl") and "i" in letters
    yield job.found(
        where,
        f"{command.program} ends with `the input device is not a TTY` and runs nothing"
        if fails
        else "without a terminal -t is of no use: errors are mixed into the output, lines end in CR",
        "leave the -t out",
        safe=_without_t(job, where) if fails else (),
        unsafe=() if fails else _without_t(job, where),
        severity=ERROR if fails else WARNING,
    )


def _of_compose(job: Job, command: Command) -> Iterator[Found]:
    verb = next((one for one in command.args if one.literal == "exec"), None)
    if verb is None:
        return
    options = _options_behind(command.args[command.args.index(verb) + 1 :])
    if not any(_NO_TERMINAL.fullmatch(one.literal) for one in options):
        yield job.found(
            verb,
            "docker-compose 1 wants a terminal here, and without one it runs nothing",
            "write exec -T",
            safe=[(verb, "exec -T")],
            severity=WARNING,
        )


def _of_packages(job: Job, command: Command) -> Iterator[Found]:
    verb = next((one for one in command.args if one.literal in _ASKS[command.program]), None)
    if verb is None or any(map(_ANSWERED.fullmatch, command.values)) or _has_input(job, command):
        return
    yield job.found(
        verb,
        f"{command.program} asks before it goes on, and nobody answers: it changes nothing",
        "add -y",
        unsafe=[(verb, f"-y {verb.text}")],
    )


def _has_input(job: Job, command: Command) -> bool:
    """Tell whether something may answer: ``yes |`` before it, or a file."""
    while command.wrapper is not None:
        command = command.wrapper
    piped = job.raw[: command.start].rstrip().endswith(b"|")
    return piped or any(one.operator.startswith("<") for one in command.redirects)


def _options_behind(words: tuple[Word, ...]) -> list[Word]:
    """Return the options of ``exec`` or ``run``, which stand before its first other word."""
    options: list[Word] = []
    rest = iter(words)
    for word in rest:
        text = word.literal
        if not text.startswith("-") or text == "--":
            break
        options.append(word)
        is_long = text.startswith("--")
        takes = "=" not in text and text not in _FLAGS if is_long else text[-1] in _TAKE_VALUES
        if takes:
            next(rest, None)
    return options


def _letters(word: Word) -> str:
    text = word.literal
    if text.startswith("--"):
        name, _, value = text[2:].partition("=")
        return (
            {"interactive": "i", "stdin": "i", "tty": "t"}.get(name, "") if value != "false" else ""
        )
    return text[1:] if re.fullmatch(r"-[itdP]+[euwnc]?", text) else ""


def _without_t(job: Job, word: Word) -> list[tuple[Span | Word, str]]:
    """Return the edits that take the ``t`` out of ``-it``, and all of it if nothing is left."""
    kept = word.text.replace("t", "") if not word.text.startswith("--") else ""
    if kept not in ("", "-"):
        return [(word, kept)]
    at, rest = job.spot(word), job.raw[word.end :]
    return [(Span(at.start, at.end + len(rest) - len(rest.lstrip(b" \t"))), "")]


def _is_quiet(command: Command) -> bool:
    name = {"vim": "vi", "nano": "vi"}.get(command.program, command.program)
    quiet = _QUIET.get(name, "").split()
    for value in command.values:
        if value in _EVERYWHERE or any(value == one or value.startswith(one) for one in quiet):
            return True
        if name in ("screen", "tmux", "top") and re.match(r"-\w*[dDbX]", value):
            return True
    return False


def _password_asked(command: Command) -> Word | None:
    return next((word for word in command.args if word.literal in ("-p", "--password")), None)


RULE = Rule(
    "CW411",
    "terminal-wanted",
    ERROR,
    "job",
    _find,
    only_with=(*sorted(_CONTAINERS), *sorted(_SCREENS), *sorted(_ASKS), "mysql", "mariadb"),
)
