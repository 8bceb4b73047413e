"""Builds a tiny Linux guest from parts on the machine and starts it on libvirt's embedded QEMU driver."""

from tuivm.demo.demo import SIMULATED, Demo, Machines, Prepared, clean_leftovers

__all__ = ["SIMULATED", "Demo", "Machines", "Prepared", "clean_leftovers"]
