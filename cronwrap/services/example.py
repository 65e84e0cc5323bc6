"""A table of a configuration that names a service, as short as it can be."""

import json

from cronwrap.services.fields import FIELDS
from cronwrap.services.setting import Setting
from cronwrap.services.spec import Definition

_PLACEHOLDERS = {"number": "1", "numbers": "[1]", "flag": "true", "table": "{}", "path": '"/PATH"'}


def example(definition: Definition) -> str:
    """Return TOML that is right but for the words in capital letters."""
    needed = {name: one for name, one in definition.settings.items() if one.required}
    ways = definition.url_settings()
    url = definition.settings.get(definition.url_setting)
    if url and url.example:
        needed[url.name] = url
    elif ways and not any(_is_there(name, definition) for name in ways[0]):
        needed |= {name: definition.settings[name] for name in sorted(ways[0])}
    lines = ["[endpoints.NAME]", f'service = "{definition.name}"']
    lines += [f"{name} = {_value(setting)}" for name, setting in needed.items()]
    return "\n".join(lines)


def _is_there(name: str, definition: Definition) -> bool:
    setting = definition.settings[name]
    return setting.required or setting.default is not None or name in FIELDS


def _value(setting: Setting) -> str:
    if setting.example:
        return json.dumps(setting.example)
    if setting.kind in {"url", "urls"}:
        return '"https://HOST/PATH"'
    return _PLACEHOLDERS.get(setting.kind, json.dumps(setting.name.upper().replace("_", "-")))
