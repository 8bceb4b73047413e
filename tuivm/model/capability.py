"""What a hypervisor may lack. Capability over special case: asked once, remembered, shown with its reason."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """Names of the abilities a verb or pane can need."""

    START = "start"
    SHUTDOWN = "shutdown"
    REBOOT = "reboot"
    RESET = "reset"
    DESTROY = "destroy"
    SUSPEND = "suspend"
    AUTOSTART = "autostart"
    SNAPSHOT = "snapshot"
    CONSOLE = "console"
    ADDRESSES = "addresses"
    BULK_STATS = "bulk-stats"
    SEND_KEYS = "send-keys"
    SEND_BREAK = "send-break"
    DEFINE = "define"
    UNDEFINE = "undefine"
    SAVE = "save"
    SLEEP = "sleep"
    THAW = "thaw"
    WAKE = "wake"
    DUMP = "dump"
    NMI = "nmi"
    RENAME = "rename"
    METADATA = "metadata"
    MEMORY_REPORTS = "memory-reports"
