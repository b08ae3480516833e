"""The dialogs that open before the lab."""
