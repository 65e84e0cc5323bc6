"""The rules, one module each; a module is found by its name, ``cw<nnn>_<name>.py``."""
