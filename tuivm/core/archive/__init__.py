"""History that survives: samples and events of one connection in one SQLite file, bounded in size.

**Tiers.** A second for an hour, a minute for a week, a quarter of an hour for a year (:mod:`.tiers`). The
finest holds means; the coarser ones hold mean, least and greatest of the seconds in each step.

**Blocks.** A row of ``block`` is what is known of one domain in one tier in one stretch of time (15
minutes, 8 hours, 5 days), every series of it, 16 bits a value, deflated series by series (:mod:`.codec`),
with a checksum. Blocks begin at multiples of their length, and (domain, tier, start) is the key: the same
time is never there twice, whatever the clock does. ``track`` says of which series something is kept, and
from when to when.

**Journal.** What is younger than the last full 15 minutes is in memory (:mod:`.tail`) and, every few
seconds, appended to ``journal``. When the 15 minutes are full, one transaction writes the block of
seconds, puts the steps of the coarser tiers into theirs, and drops the rows of the journal
(:mod:`.sealing`). A kill at any moment loses what came after the last row; what is in the journal is
taken up at the next start, and by every program that only reads.

**Identities.** ``domain`` (connection, UUID), ``name`` (what it was called, and since when), ``series``
(metric, instance). They go when the last block of them goes, which is how the history of a deleted domain
ages out.

**Who writes.** The holder of a lock on a file beside it (:mod:`.lease`). Others read, at the same time:
the file is in write-ahead mode. All they add is what became of their own jobs, which nobody else knows, each
time in one short transaction (:mod:`.beside`).

**Versions.** ``user_version`` counts the tables. A file of a later version is left alone; one that is
damaged, or is no history, is renamed and a new one begun (:mod:`.file`).
"""

from __future__ import annotations

from tuivm.core.archive.archive import Archive

__all__ = ["Archive"]
