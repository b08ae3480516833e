"""A run with its stage as one file, which needs no server; the same stage in a notebook."""

from l2viz.export.lab import Lab, lab

__all__ = ["Lab", "lab"]
