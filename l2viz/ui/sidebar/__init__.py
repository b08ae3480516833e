"""The settings of an experiment as controls, and next steps after the shown run."""
