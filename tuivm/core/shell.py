"""A command as it can be pasted into a shell, whatever the names in it hold."""

from __future__ import annotations

import shlex
from collections.abc import Iterable


def pasted(words: Iterable[str]) -> str:
    r"""``words`` quoted for bash and zsh, on one printable line.

    A word with other characters is written as these shells write it (``$'a\x1bb'``): pasted raw, a terminal
    would obey them.
    """
    return " ".join(shlex.quote(word) if word.isprintable() else _escaped(word) for word in words)


def _escaped(word: str) -> str:
    return f"$'{''.join(_written(char) for char in word)}'"


def _written(char: str) -> str:
    if char in "\\'":
        return f"\\{char}"
    if char.isprintable():
        return char
    try:
        data = char.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        data = char.encode(errors="surrogatepass")
    return "".join(f"\\x{byte:02x}" for byte in data)
