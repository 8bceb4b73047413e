"""libvirt XML: read, change in place, write. Pure functions; no libvirt, no I/O."""
