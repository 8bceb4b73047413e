"""The only package that imports libvirt: event loop, connection, domains, statistics, consoles."""
