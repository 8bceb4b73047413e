"""The table ``[keys]``: verbs and actions on other keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tuivm.config.checks import Checks, meant, show
from tuivm.keynames import needs_modifier, normalise_key

Bindings = Mapping[str, tuple[str, ...]]
"""Every id that may be named, with its default keys."""


def read_keys(checks: Checks, value: object, bindings: Bindings) -> Mapping[str, str]:
    """The rebound keys that can be used."""
    rebound: dict[str, tuple[str, ...]] = {}
    for name, keys in checks.table("keys", value, 'console = "c"').items():
        if name not in bindings:
            checks.wrong(f"keys.{name}", "there is no such verb or action", meant(name, tuple(bindings)))
        elif usable := _key_list(checks, name, keys):
            rebound[name] = usable
    _drop_conflicts(checks, rebound, bindings)
    return MappingProxyType({name: ",".join(keys) for name, keys in rebound.items()})


def _key_list(checks: Checks, name: str, value: object) -> tuple[str, ...]:
    """The key or keys in ``value``, normalised; empty when one of them is wrong."""
    expected = 'expected a key such as "d", "D", "/", "f5", "delete" or "ctrl+x", or a list of keys'
    texts = value if isinstance(value, list) else [value]
    keys: list[str] = []
    for text in texts:
        key = normalise_key(text) if isinstance(text, str) else None
        if key is None:
            checks.wrong(f"keys.{name}", f"{show(text)} is no key", expected)
            return ()
        if name == "leave-console" and not needs_modifier(key):
            checks.wrong(
                f"keys.{name}",
                f"{show(text)} must reach the guest",
                'expected a key with ctrl or a function key, such as "ctrl+]" or "f12"',
            )
            return ()
        if key not in keys:
            keys.append(key)
    if not keys:
        checks.wrong(f"keys.{name}", "no key is given", expected)
    return tuple(keys)


def _drop_conflicts(checks: Checks, rebound: dict[str, tuple[str, ...]], bindings: Bindings) -> None:
    """Take out, one by one, the later of two that share a key, until none do."""
    while True:
        clash = next(_conflicts(rebound, bindings), None)
        if clash is None:
            return
        name, other, key = clash
        del rebound[name]
        checks.wrong(f"keys.{name}", f"the key {key!r} is taken by {other}", "expected a key of its own")


def _conflicts(rebound: Mapping[str, tuple[str, ...]], bindings: Bindings) -> Iterator[tuple[str, str, str]]:
    """(rebound name, other holder, key), last rebound first. Two that share a default may share."""
    for name in reversed(list(rebound)):
        for other, default in bindings.items():
            if other == name or set(default) & set(bindings[name]):
                continue
            for key in rebound.get(other, default):
                if key in rebound[name]:
                    yield name, other, key
