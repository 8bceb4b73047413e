"""Editing a domain's stored definition: checks, differences, effect, versions kept, drafts."""
