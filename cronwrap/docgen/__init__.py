"""Completions and the generated parts of the manual, written from the code.

``python -m cronwrap.docgen`` writes them into the source tree; a test compares. Nothing of it
runs at an installation: completions are static, so that a TAB starts no Python.
"""
