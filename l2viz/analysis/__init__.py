"""Trajectory -> the figures and sentences a viewer reads. numpy alone."""
