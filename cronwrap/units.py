"""Durations, sizes, signals and modes as people write them; and how long to wait before a retry.

The parsers raise ValueError with a text that is read behind what was written, and says what to
write: "'5x' has the unknown unit 'x': write 30m, 1h30m or 90s".

Numbers are taken apart by hand: ``float`` also reads "nan", "1e400", "1_0" and Arabic digits.
Before the job starts this is imported, so it imports only C modules that are already loaded
(``_signal`` and not ``signal``, which brings enum).
"""

import _signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MS, _S, _MIN, _H, _D = 1, 1000, 60_000, 3_600_000, 86_400_000

DURATION_UNITS_MS = {
    "ms": _MS, "msec": _MS, "msecs": _MS, "millisecond": _MS, "milliseconds": _MS,
    "s": _S, "sec": _S, "secs": _S, "second": _S, "seconds": _S,
    "m": _MIN, "min": _MIN, "mins": _MIN, "minute": _MIN, "minutes": _MIN,
    "h": _H, "hr": _H, "hrs": _H, "hour": _H, "hours": _H,
    "d": _D, "day": _D, "days": _D,
    "w": 7 * _D, "week": 7 * _D, "weeks": 7 * _D,
    "y": 365 * _D, "year": 365 * _D, "years": 365 * _D,
}  # fmt: skip
SIZE_UNITS_BYTES = {
    "": 1, "b": 1, "byte": 1, "bytes": 1,
    "k": 2**10, "kib": 2**10, "kb": 10**3,
    "m": 2**20, "mib": 2**20, "mb": 10**6,
    "g": 2**30, "gib": 2**30, "gb": 10**9,
    "t": 2**40, "tib": 2**40, "tb": 10**12,
}  # fmt: skip

SHORTEST_S, LONGEST_S = 0.001, 100 * 365 * 86400.0
LARGEST_BYTES = 2**60
_DURATIONS = "write 30m, 1h30m or 90s"
_SIZES = "write 10000, 64k or 1MB"
_UMASKS = "write 022 or u=rwx,g=rx,o="
_SIGNALS = "write TERM, SIGTERM or 15"

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER_CHARACTERS = 30
_ALL_MODES = 0o777
_MODES = {"r": 0o444, "w": 0o222, "x": 0o111}
_CLASSES = {"u": 0o700, "g": 0o070, "o": 0o007, "a": _ALL_MODES}


def parse_duration(text: str) -> float:
    """Return the seconds that *text* stands for; a number alone is seconds.

    Zero, or 1 ms to 100 years. A year is 365 days; a month is nothing fixed, so ``M`` is refused.

    >>> [parse_duration(text) for text in ("90", "0.5s", "500ms", "30min", "1h30m", "1 d 12 h")]
    [90.0, 0.5, 0.5, 1800.0, 5400.0, 129600.0]
    """
    rest = text.strip()
    if rest.isascii() and rest.replace(".", "", 1).isdigit():
        rest += "s"
    seconds = 0.0
    for number, scale, unit in _parts(rest, _DURATIONS):
        if unit == "M":
            raise ValueError(f"has the unit M, which may mean months: {_DURATIONS}")
        if unit.lower() not in DURATION_UNITS_MS:
            raise ValueError(f"{_what_unit(unit)}: {_DURATIONS}")
        seconds += number * DURATION_UNITS_MS[unit.lower()] / (1000 * scale)
    if 0 < seconds < SHORTEST_S:
        raise ValueError("is shorter than 1ms")
    if seconds > LONGEST_S:
        raise ValueError("is longer than 100 years")
    return seconds


def format_duration(seconds: float) -> str:
    """Return *seconds* as a person would say them, in the two largest units.

    >>> [format_duration(s) for s in (0, 0.0123, 12.34, 59.96, 245, 7384, 273600)]
    ['0 s', '0.012 s', '12.3 s', '1 min', '4 min 5 s', '2 h 3 min', '3 d 4 h']
    """
    if round(seconds, 1) < 60:  # noqa: PLR2004 - a minute
        digits = 3 if round(seconds, 3) < 1 else 1
        return f"{seconds:.{digits}f} s" if seconds else "0 s"
    left = round(seconds)
    parts: list[tuple[int, str]] = []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count or parts:
            parts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count)


def parse_size(text: str) -> int:
    """Return the bytes that *text* stands for, 0 to 1 EiB.

    As in GNU's tools: ``k`` and ``KiB`` are 1024, ``kB`` is 1000, in either case; so up to T.

    >>> [parse_size(text) for text in ("10000", "64k", "64 KiB", "1.5M", "1MB")]
    [10000, 65536, 65536, 1572864, 1000000]
    """
    parts = _parts(text.strip(), _SIZES)
    if len(parts) != 1:
        raise ValueError(f"is not one number and one unit: {_SIZES}")
    number, scale, unit = parts[0]
    if unit.lower() not in SIZE_UNITS_BYTES:
        raise ValueError(f"{_what_unit(unit)}: {_SIZES}")
    size_bytes, rest = divmod(number * SIZE_UNITS_BYTES[unit.lower()], scale)
    if rest and unit.lower() in ("", "b", "byte", "bytes"):
        raise ValueError(f"is not a whole number of bytes: {_SIZES}")
    if size_bytes > LARGEST_BYTES:
        raise ValueError("is larger than 1 EiB")
    return size_bytes


def format_size(size_bytes: int) -> str:
    """Return *size_bytes* as a person would say them, in powers of 1000.

    >>> [format_size(n) for n in (0, 1, 999, 100_000, 12_345_678, 999_999_999)]
    ['0 bytes', '1 byte', '999 bytes', '100 kB', '12.3 MB', '1 GB']
    """
    if size_bytes < 1000:  # noqa: PLR2004 - the first unit
        return f"{size_bytes} byte{'' if size_bytes == 1 else 's'}"
    value, units = size_bytes / 1000, ["TB", "GB", "MB", "kB"]
    while round(value, 1) >= 1000 and len(units) > 1:  # noqa: PLR2004 - the next unit
        value /= 1000
        units.pop()
    return f"{value:.1f}".removesuffix(".0") + f" {units[-1]}"


def _parts(text: str, write: str) -> "list[tuple[int, int, str]]":
    """Take ``1.5h30m`` apart: [(15, 10, "h"), (30, 1, "m")]; 15/10 because a float is not exact."""
    if not text:
        raise ValueError(f"is empty: {write}")
    if text.startswith("-"):
        raise ValueError(f"is negative: {write}")
    parts = []
    while text:
        number, rest = _take(text, _DIGITS + ".")
        unit, rest = _take(rest.lstrip(), _LETTERS)
        whole, _, fraction = number.partition(".")
        if not (whole + fraction).isdigit() or len(number) > _NUMBER_CHARACTERS:
            raise ValueError(f"is not a number and a unit: {write}")
        parts.append((int(whole + fraction), 10 ** len(fraction), unit))
        text = rest.lstrip()
    return parts


def _take(text: str, characters: str) -> "tuple[str, str]":
    rest = text.lstrip(characters)
    return text[: len(text) - len(rest)], rest


def _what_unit(unit: str) -> str:
    return f"has the unknown unit {unit!r}" if unit else "has a number without a unit"


def parse_umask(text: str) -> int:
    """Return the mask that *text* stands for: octal digits, or as ``umask -S`` prints it.

    Three digits at least, so that nobody's decimal is taken for octal.

    >>> [oct(parse_umask(text)) for text in ("022", "0o027", "0077", "u=rwx,g=rx,o=")]
    ['0o22', '0o27', '0o77', '0o27']
    """
    if "=" in text:
        return _parse_symbolic_umask(text)
    digits = text.removeprefix("0o")
    if len(digits) not in (3, 4) or digits.strip("01234567"):
        raise ValueError(f"is not a mask of three octal digits: {_UMASKS}")
    if int(digits, 8) > _ALL_MODES:
        raise ValueError(f"is more than 777: {_UMASKS}")
    return int(digits, 8)


def _parse_symbolic_umask(text: str) -> int:
    allowed = said = 0
    for clause in text.split(","):
        classes, _, modes = clause.strip().partition("=")
        if not classes or classes.strip("ugoa") or modes.strip("rwx"):
            raise ValueError(f"is not a mask: {_UMASKS}")
        for letter in classes:
            said |= _CLASSES[letter]
            allowed &= ~_CLASSES[letter]
            for mode in modes:
                allowed |= _CLASSES[letter] & _MODES[mode]
    if said != _ALL_MODES:
        raise ValueError("does not say all of u=, g= and o=")
    return _ALL_MODES & ~allowed


def _signal_numbers() -> "dict[str, int]":
    """Return every signal's number by its name, aliases first so that the usual name wins."""
    names = [name for name in dir(_signal) if name.startswith("SIG") and "_" not in name]
    names.sort(key=lambda name: name not in ("SIGCLD", "SIGIOT", "SIGPOLL"))
    return {name: int(getattr(_signal, name)) for name in names}


def parse_signal(text: str) -> int:
    """Return the number of the signal that *text* names.

    >>> [parse_signal(text) for text in ("TERM", "SIGTERM", "term", "15")]
    [15, 15, 15, 15]
    >>> parse_signal("RTMIN+3") - parse_signal("RTMIN")
    3
    """
    word = text.strip().upper()
    if word.isascii() and word.isdigit() and len(word) <= 3:  # noqa: PLR2004 - there are 64
        number = int(word)
    else:
        base, sign, offset = _split_offset("SIG" + word.removeprefix("SIG"))
        number = _signal_numbers().get(base, 0) + sign * offset
        if sign and base not in ("SIGRTMIN", "SIGRTMAX"):
            number = 0
    if number not in _signal.valid_signals():
        raise ValueError(f"is not a signal: {_SIGNALS}")
    return number


def _split_offset(word: str) -> "tuple[str, int, int]":
    for mark, sign in (("+", 1), ("-", -1)):
        base, found, offset = word.partition(mark)
        if found and offset.isascii() and offset.isdigit() and len(offset) <= 2:  # noqa: PLR2004 - there are 64
            return base, sign, int(offset)
    return word, 0, 0


def signal_name(number: int) -> str:
    """Return the name of a signal, as ``kill -l`` prints it.

    >>> signal_name(15), signal_name(parse_signal("RTMIN+3")), signal_name(99)
    ('SIGTERM', 'SIGRTMIN+3', 'signal 99')
    """
    names = {value: name for name, value in _signal_numbers().items()}
    lowest = getattr(_signal, "SIGRTMIN", 0)
    if number not in names and lowest < number < getattr(_signal, "SIGRTMAX", 0):
        return f"SIGRTMIN+{number - lowest}"
    return names.get(number, f"signal {number}")


def full_jitter(
    retry: int, *, base_s: float, cap_s: float, uniform: "Callable[[float, float], float]"
) -> float:
    """Return the seconds to wait before *retry* (the first is 0).

    Exponential back-off with full jitter: uniform over [0, min(cap, base * 2**retry)], so that
    clients that failed together do not come back together.

    >>> full_jitter(3, base_s=0.5, cap_s=30.0, uniform=lambda low, high: high)
    4.0
    >>> full_jitter(5000, base_s=0.5, cap_s=30.0, uniform=lambda low, high: high)
    30.0
    """
    # 2.0**1024 overflows; past 2**32 the cap has long won.
    return uniform(0.0, min(cap_s, base_s * 2.0 ** min(retry, 32)))
