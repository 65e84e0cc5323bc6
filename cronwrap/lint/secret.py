"""Where in a line of a crontab secrets stand.

Asked in two ways: what is one for sure, which a rule tells; and what may be one, which nothing
shows: also in comments, in lines that are wrong, and in the addresses of monitors.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from cronwrap import redact
from cronwrap.lint.crontab import Assignment, Comment, Crontab, Job, Line, Span
from cronwrap.lint.shell import Command, Script, Word
from cronwrap.lint.shell_parse import parse

# The program; the options whose value is a password, glued to it; those with it in the next word.
_OPTIONS = tuple(
    (re.compile(program), re.compile(glued), frozenset(apart.split()))
    for program, glued, apart in (
        (r"(?:mysql|mariadb)[\w-]*|xtrabackup|mariabackup", r"-p(.+)", ""),
        (r"sshpass|mongo\w*|ncftp\w*", r"-p(.+)", "-p"),
        (r"redis-cli", r"-a(.+)", "-a"),
        (r"ldap\w+", r"-w(.+)", "-w"),
        (r"7z\w*|(?:un)?rar", r"-h?p(.+)", ""),
        (r"(?:un)?zip|sqlcmd|bcp|ipmitool|mosquitto_\w+", r"-P(.+)", "-P"),
        (r"openssl|gpg2?", r"pass:(.+)", "-k --passphrase"),
        (r"smb\w+|mount\.cifs|rpcclient|net|winexe|wmic", r"-U[^%]*%(.+)", ""),
        (r"lftp", r"-u[^,]+,(.+)", ""),
        (r"curl", r"(?:-u|--user=?)[^:]+:(.+)", ""),
        (r"https?|xhs?", r"(?:-a|--auth=?)[^:]+:(.+)", ""),
        (r"sqlplus|expdp|impdp", r"\w+/([^/]+)", ""),
        (r"(?!openssl).*", r"(?!)", "-pass -password -passwd"),
    )
)
_NAMES_USER = frozenset({"-u", "-U", "--user", "-a", "--auth"})
# What a line cannot be without to have one of these: a program, and one of its options.
_MARKS = {
    **dict.fromkeys(("mysql", "maria", "xtrabackup", "sshpass", "mongo", "ncftp", "7z"), ("-p",)),
    "rar": ("-p", "-hp"),
    "redis": ("-a",),
    "ldap": ("-w",),
    **dict.fromkeys(("zip", "sqlcmd", "bcp", "ipmitool", "mosquitto"), ("-P",)),
    **dict.fromkeys(("openssl", "gpg"), ("pass:", "-k", "--passphrase")),
    **dict.fromkeys(("smb", "cifs", "rpc", "net", "winexe", "wmic"), ("-U",)),
    "lftp": ("-u",),
    "curl": ("-u", "--user"),
    **dict.fromkeys(("http", "xh"), ("-a", "--auth")),
    **dict.fromkeys(("sqlplus", "expdp", "impdp"), ("/",)),
    "-pass": ("-pass",),
}
_PROGRAM = re.compile(
    rb"(?:(?<![\w./-])|(?<=bin/))(?:(?:mysql|mariadb|mongo|ncftp|7z|ldap|smb|mosquitto_)[\w-]*|xtrabackup"
    rb"|mariabackup|sshpass|redis-cli|unrar|rar|unzip|zip|sqlcmd|bcp|ipmitool|openssl|gpg2?"
    rb"|mount\.cifs|rpcclient|net|winexe|wmic|lftp|curl|https?|xhs?|sqlplus|expdp|impdp"
    rb"|[\w-]+(?=\s[^|;&]{0,80}-pass))(?=\s)"
)
_MOST_PROGRAMS = 20
_MOST_BYTES = 2000  # of what follows one
# What reads a password from its standard input, and how it gets there.
_READS = (
    r"(?:sudo\b[^|;&%]{0,80}?\s-[a-zA-Z]*S\b|chpasswd\b|kinit\b|cryptsetup\b"
    r"|passwd\b[^|;&%]{0,80}?\s--stdin\b|gpg2?\b[^|;&%]{0,80}?\s--passphrase-fd\b"
    r"|openssl\b[^|;&%]{0,80}?\sstdin\b"
    r"|(?:docker|podman|nerdctl|helm|gh)\b[^|;&%]{0,80}?\s--(?:password-stdin|with-token)\b)"
)
_FED = re.compile(
    r"\b(?:echo|printf)(?:\s+-[neE]+)*\s+((?:'[^']*'|\"[^\"]*\"|[^|;&'\"]){1,80}?)"
    rf"\s*\|\s*(?:[\w./-]*/)?{_READS}"
    rf"|\b{_READS}[^|;&%]{{0,80}}?(?:<<<\s*('[^']*'|\"[^\"]*\"|[^\s|;&]+)|(?<!\\)%([^%]+))"
)
_FED_MARKS = ("sudo", "passwd", "kinit", "cryptsetup", "stdin", "--passphrase-fd", "--with-token")
# An address that is a secret: who knows it may start the job, or tell a monitor what is not so.
_CRON_KEY = re.compile(
    r"://[^\s\"'<>?]{0,300}?/cron/([\w-]{20,})"
    r"|[?&]key=((?=[\w.~+/-]{0,99}\d)[\w.~+/-]{6,})"  # and not a word, such as ?key=summary
)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ADDRESS = re.compile(
    r"(?:hchk\.io|nosnch\.in|cronitor\.link(?:/p)?|cronitor\.io/p|ohdear\.app|heartbeat\.uptimerobot\.com"
    r"|cronhub\.io/(?:ping|start|finish)|/api/v1/heartbeat|/api/push|/ping)/([\w:.~+-]{6,})"
    rf"|://[^\s\"'<>?]{{0,300}}?/({_UUID}|[0-9a-f]{{32,}})(?![\w-])|[?&]PK=([\w-]{{6,}})",
    re.IGNORECASE,
)
# One of which is in each such address, in lower case; many stand there without https://.
_ADDRESS_MARKS = (
    "hchk.io/", "nosnch.in/", "cronitor.", "ohdear.app/", "uptimerobot.com/", "cronhub.io/",
    "/api/v1/heartbeat/", "/api/push/", "/ping/", "pk=",
)  # fmt: skip
_PLACEHOLDER = re.compile(
    r"[x*.#_-]+|(?:your|my|the|some|insert|replace)[-_ ]?.*|.*(?:example|changeme|change-me|"
    r"placeholder|redacted|dummy|x{8}).*|pass(?:word|wd)?|secret|token|key|none|null|foo|bar|test|\W+"
    r"|yes|no|true|false|on|off",
    re.IGNORECASE,
)
# A name, a place or a question, and not the secret: --token-file /x, --secret-id db, @file.
_NO_SECRET = re.compile(r"[/~@.$`<{\\-].*|\d{1,5}|[\w.+-]+@[\w.-]+\.[a-z]+", re.DOTALL)
_NAMES_PLACE = re.compile(
    rb"[-_](?:file|path|dir|name|id|url|uri|env|cmd|command|stdin|expiry|ttl|length|policy|type|arn)"
    rb"[\"']?\s*[=:\s]\s*[\"']?\Z",
    re.IGNORECASE,
)
_NAME_BYTES = 60  # before a value, that tell what it is
_PROSE = re.compile(rb":\s[\"']?\Z")
_NAME = re.compile(rb"(?:[\w.-]+=)?")
_PING = b"hc-ping.com/"


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of *words*; re is quickest where their first letters differ."""
    by_first = groupby(sorted(words), key=lambda word: word[0])
    alike = ((first, [re.escape(word[1:]) for word in words]) for first, words in by_first)
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in alike))


# Of the lines of a crontab few are worth a closer look. All are in lower case.
_SHAPES = {one.decode() for one in redact.triggers()}
_TRIGGERS = _SHAPES - {"://", "curl", _PING.decode()}
_TRIGGER = _any_of(_TRIGGERS)
_FED_MARK = _any_of(_FED_MARKS)
_TELLING = {*_TRIGGERS, "://", *_MARKS, *_FED_MARKS, "pass", "pwd"}
_WORTH_TELLING = _any_of(_TELLING)
_WORTH_HIDING = _any_of({*_TELLING, *_SHAPES, *_ADDRESS_MARKS})


def told(line: Job | Assignment) -> list[Span]:
    """Return what surely is a secret in *line*, in order."""
    text = (line.command if isinstance(line, Job) else line).text  # what is kept for a command
    if not _WORTH_TELLING.search(text.lower()):
        return []
    found = _of_job(line) if isinstance(line, Job) else _of_assignment(line)
    return _apart(sorted(found, key=lambda span: (span.start, -span.end)))


def may_be_in(text: str) -> bool:
    """Tell whether *text* is worth a closer look: most has nothing that a secret comes with."""
    return _WORTH_HIDING.search(text.lower()) is not None


def hidden(line: Line) -> list[Span]:
    """Return what may be a secret in *line*, whatever the line is; spans may overlap."""
    text, data, start = line.text, line.data, line.start
    if not may_be_in(text):
        return []
    found = [
        Span(start + first, start + last)
        for first, last in redact.spans(data)
        if not _is_readable(data, first, last)
    ]
    if isinstance(line, Job):
        found = [*_whole(line, found)]
    found += [*_matches(_ADDRESS, text, start), *_by_text(text, start)]
    if isinstance(line, (Job, Assignment)):
        found += told(line)
    elif isinstance(line, Comment):
        found += _of_comment(line)
    return found + [
        span for first, one in _programs_in(data) for span in _given(one, start + first)
    ]


def _is_readable(data: bytes, start: int, end: int) -> bool:
    """Tell whether what has the shape of a secret is a place, or the example of an address."""
    if data[start - 1 : start] == b"/":
        return not is_secret(data[start:end].decode(errors="replace"))
    return _NAMES_PLACE.search(data, max(0, start - _NAME_BYTES), start) is not None


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


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Return *spans*, which are in order, without those that overlap one before."""
    kept: list[Span] = []
    for span in spans:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _of_job(job: Job) -> Iterator[Span]:
    text, base = job.command.text, job.base
    yield from _whole(job, [*_by_shape(text, base)])
    yield from _by_text(text, base)
    if "\\" in text and _has_shape(text):
        yield from _escaped(job.script, base)
    if _has_marks(text):
        yield from _given(job.script, base)
        if job.percent is not None:  # smbclient -U user%password, of which the daemon cuts that off
            yield from _given(parse(job.raw), base)


def _of_assignment(line: Assignment) -> Iterator[Span]:
    value, name = line.value_at, line.name
    sign = f"{name}=".encode(errors="surrogateescape")
    if _sounds_secret(name) and not _NAMES_PLACE.search(sign):
        if is_secret(line.value):
            inside = bool(line.quote)
            yield Span(value.start + inside, value.end - inside)
        return
    yield from _by_shape(line.whole.text, line.whole.start)
    yield from _by_text(value.text, value.start)
    for first, script in _programs_in(line.data):
        yield from _given(script, line.start + first)


def _sounds_secret(name: str) -> bool:
    return redact.sounds_secret(name.lower()) and not name.lower().endswith("_dsn")


def _of_comment(line: Comment) -> Iterator[Span]:
    """Yield what would be told of a line that is commented out."""
    data = line.data.lstrip(b"# \t")
    skipped = line.end - len(data)
    for inner in Crontab(data, dialect=line.dialect.name, form=line.file.form).lines:
        if isinstance(inner, (Job, Assignment)):
            yield from (Span(skipped + one.start, skipped + one.end) for one in told(inner))


def _has_shape(text: str) -> bool:
    """Tell whether *text* may hold a secret by its shape: most does not."""
    return (
        _TRIGGER.search(text.lower()) is not None
        or "@" in text.partition("://")[2]
        or "-u" in text.partition("curl")[2]
    )


def _by_shape(text: str, base: int) -> Iterator[Span]:
    if not _has_shape(text):
        return
    data, last = text.encode(errors="surrogateescape"), 0
    for start, end in redact.spans(data):
        before = data[max(0, start - _NAME_BYTES) : start]
        value = data[start:end].decode(errors="replace")
        # What another pattern found already, or the address of a check, which another rule tells.
        if start < last or before.lower().endswith(_PING) or not is_secret(value):
            continue
        if _NAMES_PLACE.search(before) or (_PROSE.search(before) and value.isalpha()):
            continue
        last = end
        yield Span(base + start, base + end)


def _whole(job: Job, spans: list[Span]) -> Iterator[Span]:
    """Yield *spans* to the ends of their words: of those that are values of options or variables."""
    yield from spans
    if not spans or not {"\\", "'", '"'} & set(job.command.text):
        return
    starts = sorted({span.start - job.base for span in spans})
    around: dict[int, Word] = {}  # for each the innermost word, as outer ones come first
    for word in job.script.words():
        first, last = bisect_left(starts, word.start), bisect_left(starts, word.end)
        around.update(dict.fromkeys(starts[first:last], word))
    for start, word in around.items():
        before = word.literal.encode(errors="surrogateescape")[: bisect_left(word.offsets, start)]
        if _NAME.fullmatch(before):
            yield Span(job.base + start, _span(word, 0, job.base).end)


def _escaped(script: Script, base: int) -> Iterator[Span]:
    r"""Yield secrets whose shape only the shell sees: ``Authorization:\ Bearer\ x``."""
    for word in script.words():
        if "\\" in word.quotes:
            for span in _by_shape(word.literal, 0):
                first, last = word.offsets[span.start], word.offsets[span.end - 1]
                yield Span(base + first, base + last + 1)


def _by_text(text: str, base: int) -> Iterator[Span]:
    """Yield what is fed to a program that asks for a password, and keys in addresses."""
    if _FED_MARK.search(text):
        yield from _matches(_FED, text, base)
    if "/cron/" in text or "key=" in text:
        yield from _matches(_CRON_KEY, text, base)


def _matches(pattern: re.Pattern[str], text: str, base: int) -> Iterator[Span]:
    """Yield where groups of *pattern* match a secret, without quotes around it."""
    for match in pattern.finditer(text):
        start, end = match.span(match.lastindex or 0)
        if text[start] in "\"'" and text[end - 1] == text[start]:
            start, end = start + 1, end - 1
        value = text[start:end]
        if is_secret(value) and not {"$", "`"} & set(value):
            first, last = (len(text[:at].encode(errors="surrogateescape")) for at in (start, end))
            yield Span(base + first, base + last)


def _has_marks(text: str) -> bool:
    possible = [options for name, options in _MARKS.items() if name in text]
    return any(option in text for options in possible for option in options)


def _programs_in(data: bytes) -> Iterator[tuple[int, Script]]:
    """Yield each program with such options, wherever in *data* it stands, and what follows it."""
    if not _has_marks(data.decode(errors="replace")):
        return
    for match in islice(_PROGRAM.finditer(data), _MOST_PROGRAMS):
        start = match.start()
        # If it stands within quotes it ends where these do, unless they are apostrophes.
        opened = [quote for quote in (b"'", b'"') if data.count(quote, 0, start) % 2]
        last = min(len(data), start + _MOST_BYTES)
        ends = {last, *(data.find(quote, start, last) for quote in opened)}
        for end in ends - {-1}:
            yield start, parse(data[start:end])


def _given(script: Script, base: int) -> Iterator[Span]:
    """Yield the passwords that programs are given as options."""
    for command in script.commands():
        for program, glued, options in _OPTIONS:
            if program.fullmatch(command.program):
                for word, start in _values(command, glued, options):
                    if is_secret(word.literal[start:]):
                        yield _span(word, start, base)


def _values(
    command: Command, glued: re.Pattern[str], options: frozenset[str]
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


def _span(word: Word, start: int, base: int) -> Span:
    """Return where *word* stands from the character *start* of its literal on."""
    first = len(word.literal[:start].encode(errors="surrogateescape"))
    last = len(word.literal.encode(errors="surrogateescape")) - 1
    return Span(base + word.offsets[first], base + word.offsets[last] + 1)
