"""Which libvirt a command speaks to, and a connection to it for a command that prints and exits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from tuivm import hypervisor
from tuivm.core.ports import Hypervisor
from tuivm.hypervisor.discovery import Choice, answering, default_uri
from tuivm.model.errors import Denied


def choose(connection: str | None, *, read_only: bool = False) -> Choice:
    """Return the connection to use; ``connection`` is what the option or the configuration says.

    ``read_only`` takes one that answers those who only look.
    """
    answers = partial(answering, read_only=read_only)
    return default_uri(connection, None, os.environ, answers=answers)


@contextmanager
def opened(uri: str, *, read_only: bool = False) -> Iterator[Hypervisor]:
    """Hold a connection open to look at: with the right to change things or, where that is denied, without.

    ``read_only`` asks for no such right. Raises Unreachable, Denied or Invalid with a remedy.
    """
    connection = hypervisor.connect(uri, read_only=read_only)
    try:
        connection.open()
    except Denied as denied:
        if read_only:
            raise
        connection = hypervisor.connect(uri, read_only=True)
        try:
            connection.open()
        except Denied:
            raise denied from None  # the remedy of the first says which group
    try:
        yield connection
    finally:
        connection.close()
