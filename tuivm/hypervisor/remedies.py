"""What a person can do about an error of libvirt, by the words in it; the first that fits is told.

libvirt passes on what QEMU, the kernel and the daemons around it said, under a few numbers that say little:
the words decide. They are libvirt's and QEMU's untranslated ones (a daemon runs in the C locale).
"""

from __future__ import annotations

_BY_WORDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("active console session",), "another program shows this console; open it by force to take it over"),
    (("state change lock",), "another operation on this domain is still running; wait for it, or cancel it"),
    (("no space left on device",), "free some space where it is written, or choose another place"),
    (("disk quota exceeded",), "free some space where it is written, or choose another place"),
    (('failed to get "write" lock',), "another domain or program has the image open: stop that one first"),
    (('failed to get shared "write" lock',), "another domain or program has the image open: stop it first"),
    (("cannot access storage file", "permission denied"), "let the user that QEMU runs as read it"),
    (("could not open", "permission denied"), "let the user that QEMU runs as read it"),
    (("cannot access storage file", "no such file"), "put the file back, or take its disk out of the domain"),
    (("could not open", "no such file"), "put the file back, or take what names it out of the domain"),
    (("network", "is not active"), "start the network: virsh net-start, and virsh net-autostart for good"),
    (("network not found",), "define the network, or choose another for the domain"),
    (("storage pool", "is not active"), "start the pool: virsh pool-start"),
    (("cannot set up guest memory",), "the host has too little free memory: stop another domain first"),
    (("cannot allocate memory",), "the host has too little free memory: stop another domain first"),
    (("kvm kernel module",), "KVM cannot be used here: tuivm doctor says why"),
    (("failed to initialize kvm",), "KVM cannot be used here: tuivm doctor says why"),
    (("domaintype=kvm",), "KVM cannot be used here: tuivm doctor says why"),
    (("guest agent is not configured",), "the domain needs a channel named org.qemu.guest_agent.0"),
    (("guest agent is not connected",), "is qemu-guest-agent running in the guest? do it without the agent"),
    (("guest agent", "not responding"), "is qemu-guest-agent running in the guest? do it without the agent"),
    (("unable to find 'swtpm",), "an emulated TPM needs swtpm and swtpm-tools on the hypervisor's host"),
    (
        ("tpm version", "not supported"),
        "an emulated TPM needs swtpm and swtpm-tools on the hypervisor's host",
    ),
    (("active block job",), "a disk of it is being merged or copied: wait for that, or cancel it"),
    (("address already in use",), "another program has this port: choose another, or let libvirt choose"),
    (("assigned", "host devices"), "take the host's devices out of the domain first"),
    (
        ("non-migratable device",),
        "a device of the domain cannot be saved: take it out, or shut the guest down",
    ),
    (("end of file from qemu monitor",), "QEMU ended in the middle: its log says why"),
    (("unable to read from monitor",), "QEMU ended in the middle: its log says why"),
    (("cannot find console device",), "add a <console> or <serial> device to the domain"),
    (("cannot find character device",), "add a <console> or <serial> device to the domain"),
)


def remedy(words: str) -> str:
    """What to do about an error whose message is ``words``; empty when nothing is known."""
    lower = words.lower()
    return next((told for signs, told in _BY_WORDS if all(sign in lower for sign in signs)), "")
