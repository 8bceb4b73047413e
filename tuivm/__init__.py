"""tuivm: a terminal program to manage virtual machines through libvirt."""

__version__ = "0.1.0"
