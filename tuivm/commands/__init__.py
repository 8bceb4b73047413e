"""What the command line runs: one module for each command, imported only when it is chosen."""
