"""Trajectory -> the numbers and sentences that a viewer reads. Needs only numpy."""
