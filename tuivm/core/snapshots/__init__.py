"""What the program decides about snapshots: plans before acting, what expires, how two of them differ."""
