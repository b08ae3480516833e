"""The course pack: all that belongs to scenes of the tour, as one ZIP."""

from l2viz.pack.pack import write_pack

__all__ = ["write_pack"]
