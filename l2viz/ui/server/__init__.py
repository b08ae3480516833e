"""What the server has beside the script: routes, the trainer, and who is present."""
