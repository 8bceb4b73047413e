"""A VT/xterm terminal on pyte: parser, screen, scrollback, key encoding. Knows nothing of libvirt or textual."""
