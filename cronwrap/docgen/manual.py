r"""The lists of the manual pages, in mdoc(7).

A page is written by hand but for its regions, from ``.\" generated: NAME`` to
``.\" end generated``: what stands between is replaced.
"""

import re
from collections.abc import Iterable, Mapping

from cronwrap import services
from cronwrap.docgen import rules
from cronwrap.docgen.commands import RUN, Command, Option
from cronwrap.docgen.mdoc import escape, text
from cronwrap.run import options
from cronwrap.services.setting import Setting
from cronwrap.services.spec import Definition

_KINDS = {
    "text": "TEXT",
    "texts": "TEXT ...",
    "url": "URL",
    "urls": "URL ...",
    "host": "HOST",
    "path": "PATH",
    "number": "N",
    "numbers": "N ...",
    "flag": "true | false",
    "table": "TABLE",
}
_LONGEST_LINK = 64  # characters, of the 80 of a line
_REGION = re.compile(r'(?ms)^\.\\" generated: (\S+)\n.*?(?=^\.\\" end generated$)')


def fill(page: str, regions: Mapping[str, str], name: str) -> str:
    """Return *page* with its regions written anew.

    Raises:
        KeyError: *page* has a region that nothing is known of; *name* says where.
    """

    def region(match: re.Match[str]) -> str:
        if match[1] not in regions:
            raise KeyError(f"{name}: there is no region {match[1]}")
        return f'.\\" generated: {match[1]}\n{regions[match[1]]}'

    return _REGION.sub(region, page)


def regions(tree: Command) -> dict[str, str]:
    """Return all regions by name."""
    run = tree.find(RUN)
    found = {
        "options-run": _topics(run.options),
        "synopsis-run": "\n".join(_synopsis(option) for option in run.options),
        "environment-run": _variables(run.options),
        "keys": _list(_key(option) for option in run.options if _is_key(option)),
        "rules": rules.section(),
        "services": "\n".join(_service(services.load(name)) for name in services.names()),
    }
    for command in tree.walk():
        if command.words and command.name != RUN:
            found[f"options-{'-'.join(command.words)}"] = _list(map(_item, command.options))
    return {name: f"{text}\n" for name, text in found.items()}


def _topics(all_options: Iterable[Option]) -> str:
    by_topic: dict[str, list[str]] = {topic: [] for topic in options.TOPICS}
    for option in all_options:
        by_topic[option.topic].append(_item(option))
    return "\n".join(f".Ss {topic}\n{_list(items)}" for topic, items in by_topic.items())


def _list(items: Iterable[str]) -> str:
    return "\n".join([".Bl -tag -width Ds", *items, ".El"])


def _flag(flag: str) -> str:
    return f"Fl {escape(flag[1:])}"


def _synopsis(option: Option) -> str:
    value = f" Ar {escape(option.metavar)}" if option.metavar else ""
    return f".Op {_flag(option.flags[0])}{value}"


def _item(option: Option) -> str:
    value = f" Ar {escape(option.metavar)}" if option.metavar else ""
    flags = " , ".join(f"{_flag(flag)}{value}" for flag in option.flags)
    return f".It {flags}\n{_described(option.help, option)}"


def _described(words: str, option: Option) -> str:
    return text(f"{words} The default is {option.default}." if option.default else words)


def _variables(all_options: Iterable[Option]) -> str:
    found = {option.variable: option.flags[-1] for option in all_options if option.variable}
    items = [f".It Ev {variable}\n.Fl {escape(flag[1:])}" for variable, flag in found.items()]
    return "\n".join([f".Bl -tag -width {max(found, key=len)} -compact", *items, ".El"])


def _is_key(option: Option) -> bool:
    known = options.BY_FLAG.get(option.flags[-1])
    return known is not None and known.level == "any"


def _key(option: Option) -> str:
    value = escape(option.metavar) or "true | false"
    words = option.help.removesuffix(" May be given again.")
    if option.multiple and "=" not in option.metavar:
        words += " May be a list."
    return (
        f".It Ic {options.BY_FLAG[option.flags[-1]].key} = Ar {value}\n{_described(words, option)}"
    )


def _service(service: Definition) -> str:
    urls = _recognised(service)
    facts = [
        *([f".It URLs\n{text(urls)}"] if urls else []),
        f".It Events\n{text(_sentence(service.events))}",
        *([f".It Told of\n{text(_told(service))}"] if "on" in service.table else []),
        f".It Limits\n{text(_sentence(service.limits))}",
        f".It Reference\n{_reference(service.reference)}",
    ]
    return "\n".join(
        [
            f".Ss {escape(service.name)}",
            text(service.summary),
            _list(facts),
            ".Pp",
            "Settings:",
            _list(_setting(setting) for setting in service.settings.values()),
        ]
    )


def _recognised(service: Definition) -> str:
    """Return which URLs are known to be the service's, in a sentence; "" where none is."""
    ways = [
        *([f"of {', '.join(service.hosts)}"] if service.hosts else []),
        *([f"with {' or '.join(service.paths)} in their path"] if service.paths else []),
        *([f"like {service.settings[service.url_setting].example}"] if service.patterns else []),
    ]
    return f"Those {' or '.join(ways)} are recognised." if ways else ""


def _told(service: Definition) -> str:
    return f"{' and '.join(service.on).capitalize()}, unless the endpoint's on says otherwise."


def _setting(setting: Setting) -> str:
    words = [setting.help]
    if setting.choices:
        words.append(f"One of {', '.join(setting.choices)}.")
    if setting.required:
        words.append("Must be given.")
    if setting.default is not None:
        words.append(f"The default is {setting.default_words}.")
    if setting.example:
        words.append(f"Such as {setting.example}.")
    if setting.secret:
        words.append("Secret.")
    if setting.env:
        names = " or ".join(setting.env)
        words.append(f"Where it is not given, the variable {names} stands in for it.")
    return f".It Ic {setting.name} = Ar {_KINDS[setting.kind]}\n{text(' '.join(words))}"


def _reference(reference: str) -> str:
    page = re.fullmatch(r"([\w.-]+)\((\d)\)", reference)
    if page:
        return f".Xr {page[1]} {page[2]}"
    if len(reference) > _LONGEST_LINK:  # it may be broken after a directory
        host, separator, path = reference.rpartition("://")
        reference = host + separator + re.sub("/(?=.)", r"/\\:", path)
    return f".Lk {reference}"


def _sentence(words: str) -> str:
    """Return *words* with a capital letter and a full stop, on one line."""
    words = " ".join(words.replace("``", "").split())
    return words[:1].upper() + words[1:].rstrip(".") + "."
