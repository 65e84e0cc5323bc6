"""Import httpx for a third of its price.

Importing it is most of the CPU time that a short run costs. What it imports only for names, or
for what no event needs (cookies, logs, forms, asynchronous back ends), stands aside meanwhile: in
its place is a module that imports the real one when something of it is called. For all others
everything is as usual, and what is loaded already is left alone. An httpx that this was not made
for is imported as anybody would.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import CoroutineType, ModuleType
from typing import Any

# The versions whose imports are known; of any other nobody can say what it wants of a stand-in.
_KNOWN = {"httpcore": "1.0.", "httpx": "0.28."}

# httpx's own command line (click, rich, pygments: 65 ms), the asynchronous back ends, HTTP/2. A
# None in sys.modules makes an import fail, and httpx and httpcore can do without these.
_NOT_NEEDED = ("httpx._main", "anyio", "trio", "sniffio", "httpcore._sync.http2")


def _real(name: str) -> ModuleType:
    if sys.modules.get(name) is _STAND_INS[name]:
        del sys.modules[name]
    return import_module(name)


def _later(name: str, **ready: object) -> ModuleType:
    """Return a stand-in that imports the module *name* when something else than *ready* is wanted."""

    def attribute(wanted: str) -> Any:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return getattr(_real(name), wanted)

    stand_in = ModuleType(name)
    vars(stand_in).update(ready, __getattr__=attribute)  # PEP 562
    return stand_in


def _call_later(name: str, function: str) -> Callable[..., Any]:
    """Return a function that imports the module *name* when it is called."""

    def call(*values: object) -> Any:
        return getattr(_real(name), function)(*values)

    return call


def _classes(name: str) -> ModuleType:
    """Return a stand-in that has any class, an empty one, for what is only ever imported."""

    def attribute(wanted: str) -> type:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return type(wanted, (), {})

    stand_in = ModuleType(name)
    vars(stand_in).update(__getattr__=attribute)
    return stand_in


class _Logger:
    """A logger that nobody listens to."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, method: str) -> Callable[..., None]:
        return lambda *words: None  # for isEnabledFor that is no


class _Jar:
    """A jar that keeps no cookie: no endpoint has to know us again."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def extract_cookies(self, response: object, request: object) -> None:
        pass


class _Request:
    """What such a jar is asked about."""

    def __init__(self, **facts: object) -> None:
        pass


class _IsTls(type):
    def __instancecheck__(cls, value: object) -> bool:
        return type(value).__module__ == "ssl"


class _TlsSocket(metaclass=_IsTls):
    """What a socket with TLS is an instance of, without having to import ssl to know."""


_STAND_INS: dict[str, Any] = {
    **dict.fromkeys(_NOT_NEEDED),
    **{name: _later(name) for name in ("certifi", "idna", "email.message", "mimetypes")},
    "httpcore._async": _classes("httpcore._async"),  # imported as a whole, 4 ms, for its names
    "inspect": _later(
        "inspect",
        iscoroutine=lambda value: isinstance(value, CoroutineType),
        signature=lambda made: "",  # dataclasses asks: for a docstring, and from Python 3.12 on
        get_annotations=lambda made: dict(vars(made).get("__annotations__", {})),
    ),
    "ssl": _later("ssl", SSLContext=object, SSLSocket=_TlsSocket),
    "logging": _later("logging", getLogger=_Logger, DEBUG=10),
    "http.cookiejar": _later("http.cookiejar", Cookie=None, CookieJar=_Jar),
    "pathlib": _later("pathlib", Path=_call_later("pathlib", "Path")),
    "urllib.request": _later(
        "urllib.request",
        Request=_Request,
        getproxies=_call_later("urllib.request", "getproxies"),
        parse_http_list=_call_later("urllib.request", "parse_http_list"),
    ),
}


@contextmanager
def cheap_import() -> Iterator[None]:
    """Keep out what is not needed, and the garbage collector, for as long as it lasts."""
    added = [name for name in _STAND_INS if name not in sys.modules]
    for name in added:
        sys.modules[name] = _STAND_INS[name]
        package, _, child = name.rpartition(".")
        if package in ("email", "urllib"):  # as an import would
            setattr(import_module(package), child, _STAND_INS[name])
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        for name in added:
            if sys.modules.get(name, ...) is _STAND_INS[name]:
                del sys.modules[name]
        if collecting:
            gc.enable()


def import_httpx() -> bool:
    """Import httpx, and return whether it is one that ``cheap_import`` is for."""
    with suppress(Exception), cheap_import():
        # httpcore first: httpx imports it later, when nothing is kept out any more.
        modules = [import_module(name) for name in _KNOWN]
        if all(one.__version__.startswith(_KNOWN[one.__name__]) for one in modules):
            return True
    for name in [*sys.modules]:
        if name.partition(".")[0] in _KNOWN:
            del sys.modules[name]
    import_module("httpx")
    return False
