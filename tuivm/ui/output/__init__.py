"""What goes out to the terminal: only the cells that differ, and no faster than it takes them."""
