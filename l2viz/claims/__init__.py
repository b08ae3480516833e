"""What is said of L2, each as a verdict over many seeds: paths -> figures, and whether it holds.

A verdict is given the paths of each of its experiments, one for every seed. Its figures are what
the texts of the lesson quote; `holds` is the claim exactly as the lesson words it, so that a text
which is no longer true fails a test.
"""

from l2viz.claims.catalogue import CLAIMS
from l2viz.claims.finding import SEEDS, Claim, Verdict, over_seeds

__all__ = ["CLAIMS", "SEEDS", "Claim", "Verdict", "over_seeds"]
