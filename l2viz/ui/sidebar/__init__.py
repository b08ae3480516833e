"""The settings of an experiment as controls, and what may follow the run shown."""
