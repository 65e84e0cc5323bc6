r"""A bare ``&`` within a URL.

The shell ends the command there and runs it in the background: curl gets half of the URL, what
follows is taken for an assignment or a program, and the line ends with 0 in any case.

Bad::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 https://status.example.com/api/push/Ab3kTz91Qx?status=up&msg=OK

Good::

    0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 'https://status.example.com/api/push/Ab3kTz91Qx?status=up&msg=OK'
"""

from collections import deque
from collections.abc import Iterator, Sequence

from cronwrap.lint.crontab import Found, Job, Span
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.shell import AndOr, Command, Word


def _find(job: Job) -> Iterator[Found]:
    for script in job.script.scripts():
        items = deque(script.items)
        while items:
            item = items.popleft()
            url, mark = _url_at_end(item) if item.background else None, item.terminator
            if url is None or mark is None or mark.start != url.end:
                continue
            end = _rest(items, mark.end)
            if end == mark.end:
                continue
            last = job.spot(mark).end + end - mark.end
            yield job.found(
                mark,
                "the shell ends the command at this & and runs it in the background: it gets the URL"
                " up to here only",
                "put quotes around the URL",
                safe=_quoted(job, url, Span(job.spot(url).start, last), script.nest),
            )


def _url_at_end(item: AndOr) -> Word | None:
    """Return the URL that ends *item*, if it has a query and no quotes."""
    last = item.pipelines[-1].commands[-1]
    word = last.words[-1] if isinstance(last, Command) and last.words else None
    if word is None or word.quotes or "://" not in word.literal or "?" not in word.literal:
        return None
    return word


def _rest(items: deque[AndOr], end: int) -> int:
    """Return where the URL ends that goes on at *end*; take what belongs to it from *items*."""
    while items:
        first = items[0].pipelines[0].commands[0]
        if not isinstance(first, Command) or first.start != end:
            break
        part: Sequence[Word] = first.words[:1]
        end = first.assigns[0].end if first.assigns else part[0].end if part else end
        mark = items[0].terminator
        if mark is None or mark.text != "&" or mark.start != end:
            break
        items.popleft()
        end = mark.end
    return end


def _quoted(job: Job, url: Word, where: Span, nest: str) -> list[tuple[Span, str]]:
    """Return the edits that put quotes around the URL, double ones if it has ``$?`` in it."""
    text = job.raw[where.start - job.base : where.end - job.base]
    quote = '"' if b"$" in text else "'"
    if nest or any(one in text for one in (b"'", b'"', b"`", b"\\")) or url.nest:
        return []
    return [(Span(where.start, where.start), quote), (Span(where.end, where.end), quote)]


RULE = Rule("CW517", "ampersand-in-url", ERROR, "job", _find, only_with=("?",))
