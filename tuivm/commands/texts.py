"""What ``--help`` says below the options."""

from __future__ import annotations

EXAMPLES = """\
examples:
  tuivm                               the machines of this host
  tuivm -c qemu+ssh://lab1/system     those of another
  tuivm demo                          three small machines to try it on
  tuivm list --json | jq '.[].name'   for a script
  tuivm host                          how full the host is, what keeps machines apart
  tuivm console web-1 db              opens on their consoles, side by side
  tuivm shutdown --wait --yes 'web-*' and every other verb, for a script
  tuivm history web --from 02:55 --to 03:10 --events     what happened at three
  tuivm play FILE                     plays a recording of a console
  tuivm doctor                        what this host lacks, and the remedy

which libvirt, the first that is set:
  -c URI, 'connection' in the configuration, $LIBVIRT_DEFAULT_URI, uri_default in
  libvirt's client configuration, then qemu:///system if it answers, then qemu:///session

files:
  {config}
      connection, interval, balloon_period, theme, shutdown_timeout, ascii, low_bandwidth,
      and the tables [keys], [console], [[console.trigger]] and [history]
  {themes}
      your own themes, one NAME.toml each
  {state}
      what tuivm remembers (state.json) and its log (tuivm.log)
  {data}
      recordings of consoles (recordings), their logs (consoles), and the samples and
      events of the past (history)

environment:
  LIBVIRT_DEFAULT_URI  which libvirt
  TUIVM_DEMO_ACCEL     auto, kvm or tcg, for tuivm demo
  NO_COLOR             set to anything: no colours
  TERM, COLORTERM      what the terminal can do
"""

LIST = """\
--json prints an array with one object for each domain, sorted by name:
  connection  URI                       memory      bytes given
  uuid        string                    memory_max  bytes
  name        string, exactly libvirt's vcpus       number
  state       running, blocked, paused, stopping, off, crashed, suspended, unknown
  reason      string, may be empty      autostart   true, false, null (not known)
  id          number, null when off     persistent  true, false
  started     Unix seconds or null      saved       true, false
                                        has_snapshots  true, false
Fields may be added, never renamed. Exit code 1 and a line on stderr when libvirt cannot be reached.
"""

HOST = """\
How many machines share the host, what they were given of what there is and what they take; load, pressure,
memory merging, storage pools; what keeps each machine apart; then what should be looked at, the most serious
first, with the remedy. Takes a second, to measure rates. What cannot be known is said.

--json prints one object:
  connection, host, machines   which host; total and running
  processors, memory           there, given, ratio (given / there), used; memory also held (for machines)
                               and off (what those that are off would be given); bytes
  load, pressure               1, 5, 15 minutes; per resource percent of time in which somebody waited
  merging, pools, numa, hugepages, mitigations, nested, iommu, security_drivers, networks
  domains                      each with vcpus, memory, held (bytes), cpu (processors), disk, net (bytes a
                               second), grade, process, and walls: wall, grade, word, words, remedy
                               grade: good, door (opened on purpose), unknown, weak, missing, none
  findings                     severity (serious, warning, note), topic, text, remedy, domains (UUIDs)
  unseen                       what could not be looked at, and why
null is what is not known. Fields may be added, never renamed.
"""

DEMO = """\
Three small machines are built from a kernel and busybox of this computer, started on libvirt's embedded
QEMU driver (no daemon, no root) and removed when you leave. Where QEMU or a kernel cannot be had, libvirt's
simulated machines are shown instead.
"""

CONSOLE = """\
Up to four machines, by name or UUID. One fills the terminal, several stand side by side. A machine that is
off is waited for.
"""

PLAY = """\
FILE is an asciicast, version 2 or 3, as tuivm records them (key or menu of a console) and asciinema does.

keys:
  Space       pause, go on; at the end begin again     . (dot)    the next output
  left right  5 seconds back, on                       0 .. 9     to that tenth of it
  + -         faster, slower                           g G        to the beginning, the end
  up down     scroll back (also PgUp, PgDn)            q          leave
A screen larger than this terminal is cut; Shift+left and Shift+right move it.
"""

DOCTOR = """\
One line a check: ok, warn or fail, what was found, and the remedy. Exit code 1 when one fails.
"""

COMPLETION = """\
  bash   eval "$(tuivm completion bash)"               in ~/.bashrc
  zsh    eval "$(tuivm completion zsh)"                in ~/.zshrc
  fish   tuivm completion fish | source                in ~/.config/fish/config.fish
Commands, options, and the names of machines are completed.
"""

SNAPSHOTS = """\
--json prints an array with one object for each machine:
  connection, uuid, name   the machine
  snapshots                an array, parents before children:
    name, description      strings, exactly libvirt's
    created                Unix seconds
    state                  of the machine when it was taken
    kind                   disk, disk+memory, external, external+memory, memory, nothing
    parent                 name, or null
    current                whether the present state grew from it
    size                   bytes, or null
Fields may be added, never renamed.
"""

RECORD = """\
Reads what the screen reads and writes it to the history of this connection, until it is interrupted
(Ctrl+C, SIGTERM); a lost connection is made again. One line says where it writes. One program at a time
writes a history: a second recorder refuses (exit code 1), one beside a screen waits until that is left.

As a service, with the unit that is installed in share/systemd/user:

  systemctl --user enable --now .../share/systemd/user/tuivm-record.service
  loginctl enable-linger          so that it runs while you are not logged in
"""

HISTORY = """\
What the screen (while it runs) or tuivm record wrote is read from its file: no libvirt is asked. Names are
those the machines had. Without -c every connection's history is looked into.

times     03:00 (the last time it was that), 'yesterday 03:00', 2026-11-30T03:00, -2h, now, @1796000000
metrics   cpu cpu-wait cpu-user cpu-system memory memory-given memory-cache rss swap-in swap-out
          dirty-rate disk-read disk-write disk-read-ops disk-write-ops disk-flush-ops disk-read-latency
          disk-write-latency disk-flush-latency net-rx net-tx net-rx-packets net-tx-packets net-rx-lost
          net-tx-lost; a part after a colon (vCPU, disk, interface): cpu:0, disk-read:vda, '*:*'

table       mean/highest of each step; csv and json also the lowest
csv         time (UTC), connection, uuid, name, metric, instance, unit, average, lowest, highest
json        an array with one object for each machine:
  connection, uuid, name   the machine
  series                   metric, instance, unit (percent, bytes, bytes/s, 1/s, seconds), start (Unix
                           seconds), step (seconds), average, lowest, highest (arrays; null: not known)
  events                   time (Unix seconds), kind, detail
prometheus  the latest figures of the five minutes before --to: gauges in base units (text format 0.0.4)
Fields may be added, never renamed. Seconds are kept for an hour, minutes for a week, quarters of an hour for
a year. Exit code 1 and a line on stderr when there is no such history.
"""
