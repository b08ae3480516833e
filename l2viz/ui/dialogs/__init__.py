"""The pages before the lab, each in a dialog."""
