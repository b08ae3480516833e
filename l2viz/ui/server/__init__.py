"""The server around the script: routes, the trainer, and the presence of viewers."""
