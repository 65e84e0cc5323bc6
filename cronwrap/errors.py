"""What may go wrong, said to a person: a message and what to do about it.

One family, caught once in ``__main__``; a traceback never reaches a user.
"""


class CronwrapError(Exception):
    """Shown as ``cronwrap: <message>`` and, on a line of its own, ``hint: <hint>``.

    The exit status is 125: cronwrap could not be used, and the job did not run.
    """

    exit_status = 125

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        hint = f"\ncronwrap: hint: {self.hint}" if self.hint else ""
        return f"cronwrap: {self.message}{hint}"


class UsageError(CronwrapError):
    """A subcommand (not a run) was called in a way it does not understand."""

    exit_status = 2


def nearest(word: str, words: "list[str]") -> str:
    """Return a hint that names the word that was probably meant, else all that there are.

    >>> nearest("timout", ["timeout", "umask"])
    'did you mean timeout?'
    >>> nearest("xyz", ["timeout", "umask"])
    'known are: timeout, umask'
    """
    return similar(word, words) or f"known are: {', '.join(sorted(words))}"


def similar(word: str, words: "list[str]") -> str:
    """Return a hint that names the word that was probably meant, else "": for long lists."""
    import difflib  # only on the way to an error

    close = difflib.get_close_matches(word, words, n=1)
    return f"did you mean {close[0]}?" if close else ""
