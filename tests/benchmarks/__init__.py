"""Benchmarks: programs, not tests. Figures are ratios taken in one run on one machine.

``make bench`` runs them.
"""
