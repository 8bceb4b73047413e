"""What the program knows: frozen dataclasses and pure functions. No I/O, no libvirt, no textual."""
