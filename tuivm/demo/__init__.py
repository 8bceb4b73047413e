"""Builds a tiny Linux guest from parts on the machine and starts it on libvirt's embedded QEMU driver."""
