r"""A password, token or key in plain text.

A crontab gets into backups, repositories and mails (the command is the subject of each), one in
/etc/cron.d is readable by all, and what stands in a command line ``ps`` shows to every user while
the job runs. The linter shows stars in its place, in every format.

Bad::

    0 3 * * * mysqldump -uapp -phunter22 app > /srv/dump

Good::

    0 3 * * * mysqldump --defaults-extra-file=/etc/app/my.cnf app > /srv/dump
    0 4 * * * . /etc/app.env && curl -fsS -m 60 -u "app:$PASSWORD" -o /srv/x https://app/export
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from cronwrap import redact
from cronwrap.lint.crontab import Assignment, Found, Job, Line, Piece, Span
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import Command, Word

# The program, by its beginning, and the options whose value is a password: glued, or in the next
# word.
_OPTIONS = (
    (re.compile(r"(?:mysql|mariadb)[\w-]*|xtrabackup|mariabackup"), re.compile(r"-p(.+)"), ""),
    (re.compile(r"sshpass"), re.compile(r"-p(.+)"), "-p"),
    (re.compile(r"redis-cli"), re.compile(r"-a(.+)"), "-a"),
    (re.compile(r"mongo\w*"), re.compile(r"-p(.+)"), "-p"),
    (re.compile(r"ldap\w+"), re.compile(r"-w(.+)"), "-w"),
    (re.compile(r"7z\w*"), re.compile(r"-p(.+)"), ""),
    (re.compile(r"zip"), re.compile(r"-P(.+)"), "-P"),
    (re.compile(r"openssl|gpg2?"), re.compile(r"pass:(.+)"), "-k --passphrase"),
    (re.compile(r"smbclient|mount\.cifs|rpcclient|net"), re.compile(r"-U[^%]*%(.+)"), ""),
    (re.compile(r"lftp"), re.compile(r"-u[^,]+,(.+)"), ""),
    (re.compile(r"curl"), re.compile(r"(?:-u|--user=)[^:]+:(.+)"), ""),
)
_NAMES_USER = ("-u", "-U")
_HINTS = (
    (("mysql", "mariadb"), "put it into a file of mode 0600: mysqldump --defaults-extra-file=FILE"),
    (("psql", "pg_", "PGPASSWORD"), "put it into ~/.pgpass, mode 0600"),
    (("redis-cli",), "read REDISCLI_AUTH from a file of mode 0600: . /etc/app.env"),
    (("curl",), "put it into a file of mode 0600: curl --netrc-file FILE, or curl -K FILE"),
    (("sshpass",), "use a key of its own: ssh -i KEY, with a command in authorized_keys"),
)
_HINT = "read it from a file of mode 0600 in the job: . /etc/app.env"
_PLACEHOLDER = re.compile(
    r"[x*.#_-]+|(?:your|my|the|some|insert|replace)[-_ ]?.*|.*(?:example|changeme|change-me|"
    r"placeholder|redacted|dummy|x{8}).*|pass(?:word|wd)?|secret|token|key|none|null|foo|bar|test|\W+",
    re.IGNORECASE,
)
# A name, a place or a question, and not the secret: --token-file /x, --secret-id db, @file.
_NO_SECRET = re.compile(r"[/~@.$`<{\\-].*|\d{1,5}|[\w.+-]+@[\w.-]+\.[a-z]+", re.DOTALL)
_NAMES_PLACE = re.compile(
    rb"[-_](?:file|path|dir|name|id|url|uri|env|cmd|command|stdin|expiry|ttl|length|policy|type|arn)"
    rb"[\"']?\s*[=:\s]\s*[\"']?\Z",
    re.IGNORECASE,
)
_PROSE = re.compile(rb":\s[\"']?\Z")
_PING = b"hc-ping.com/"
# Of what is in _OPTIONS, what a line cannot be without: a program, and one of its options.
_PROGRAMS = {
    **dict.fromkeys(("mysql", "maria", "xtrabackup", "sshpass", "mongo", "7z"), ("-p",)),
    "redis": ("-a",),
    "ldap": ("-w",),
    "zip": ("-P",),
    **dict.fromkeys(("openssl", "gpg"), ("pass:", "-k", "--passphrase")),
    **dict.fromkeys(("smbclient", "cifs", "rpc", "net"), ("-U",)),
    "lftp": ("-u",),
    "curl": ("-u", "--user="),
}


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of *words*; re is quickest where their first letters differ."""
    by_first = groupby(sorted(words), key=lambda word: word[0])
    alike = ((first, [re.escape(word[1:]) for word in words]) for first, words in by_first)
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in alike))


# Of the lines of a crontab few are worth a closer look. The first are in lower case.
_TRIGGERS = {one.decode() for one in redact.triggers()} - {"://", "curl", _PING.decode()}
_TRIGGER = _any_of(_TRIGGERS)
_WORTH = _any_of({*_TRIGGERS, "://", *_PROGRAMS})


def _find(line: Line) -> Iterator[Found]:
    if isinstance(line, (Job, Assignment)) and _WORTH.search(_place(line).text.lower()):
        for span in sorted(
            {*_by_shape(line), *(_by_option(line) if isinstance(line, Job) else ())}
        ):
            yield line.found(
                span,
                "a secret in plain text: all who read this file or its backups have it"
                + (", and all who call ps while the job runs" if isinstance(line, Job) else ""),
                next((hint for marks, hint in _HINTS if _has(line, marks)), _HINT),
            )


def _has(line: Line, marks: tuple[str, ...]) -> bool:
    return any(mark in _place(line).text for mark in marks)


def _place(line: Line) -> Piece:
    return line.command if isinstance(line, Job) else line.whole


def _by_shape(line: Line) -> Iterator[Span]:
    place = _place(line)
    if not _is_worth(place.text.lower()):
        return
    data, last = place.text.encode(errors="surrogateescape"), 0
    for start, end in redact.spans(data):
        before, value = data[:start], data[start:end].decode(errors="replace")
        # What another pattern found already, or the address of a check, which another rule tells.
        if start < last or before.lower().endswith(_PING) or not is_secret(value):
            continue
        if _NAMES_PLACE.search(before) or (_PROSE.search(before) and value.isalpha()):
            continue
        last = end
        yield Span(place.start + start, place.start + end)


def _is_worth(text: str) -> bool:
    return (
        _TRIGGER.search(text) is not None
        or "@" in text.partition("://")[2]
        or "-u" in text.partition("curl")[2]
    )


def _by_option(job: Job) -> Iterator[Span]:
    text = job.command.text
    if not any(
        name in text and any(option in text for option in options)
        for name, options in _PROGRAMS.items()
    ):
        return
    shaped = list(_by_shape(job))
    for command in job.script.commands():
        for program, glued, options in _OPTIONS:
            if program.fullmatch(command.program):
                for word, start in _values(command, glued, options.split()):
                    span = _span(job, word, start)
                    apart = all(span.end <= one.start or one.end <= span.start for one in shaped)
                    if apart and is_secret(word.literal[start:]):
                        yield span


def _values(
    command: Command, glued: re.Pattern[str], options: list[str]
) -> Iterator[tuple[Word, int]]:
    """Yield the words that hold a password, and where in each it begins."""
    words = command.args
    for place, word in enumerate(words):
        match = glued.fullmatch(word.literal)
        if match is not None:
            yield word, match.start(1)
        elif word.literal in options and place + 1 < len(words):
            yield words[place + 1], 0
        elif word.literal in _NAMES_USER and place + 1 < len(words):  # -U user%password
            match = glued.fullmatch(word.literal + words[place + 1].literal)
            if match is not None:
                yield words[place + 1], match.start(1) - len(word.literal)


def _span(job: Job, word: Word, start: int) -> Span:
    first = len(word.literal[:start].encode(errors="surrogateescape"))
    last = len(word.literal.encode(errors="surrogateescape")) - 1
    return Span(job.base + word.offsets[first], job.base + word.offsets[last] + 1)


def is_secret(value: str) -> bool:
    """Tell whether *value*, which stands where a secret does, is one.

    >>> [is_secret(value) for value in ("hunter22", "$PW", "changeme", "/etc/token", "your-token")]
    [True, False, False, False, False]
    """
    value = value.strip("\"'")
    return (
        len(value) > 2  # noqa: PLR2004 - less is a flag
        and not _NO_SECRET.fullmatch(value)
        and not _PLACEHOLDER.fullmatch(value)
    )


RULE = Rule("CW602", "secret", ERROR, "line", _find)
