"""Screens: main, help, dialogs."""
