"""A module for each command of ``dropstep``.

What is slow to import is imported by the command that needs it, once it is known that there is such a run.
"""
