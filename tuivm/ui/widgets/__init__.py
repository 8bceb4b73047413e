"""Widgets: the table, graphs, gauges, the console pane."""
