"""The whole lesson as a folder of pages, which any static host, or a disk, serves."""

from l2viz.site.site import write_site

__all__ = ["write_site"]
