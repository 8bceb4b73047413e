"""What the program decides: ports, store, monitor, jobs, verbs, query. Knows neither libvirt nor textual."""
