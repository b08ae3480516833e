"""A run with its stage as one file, which needs no server; the same stage in a notebook."""

from l2viz.export.one_file import Lab, lab

__all__ = ["Lab", "lab"]
