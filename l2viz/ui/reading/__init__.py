"""What opens in a panel beside the stage, to read and to work with."""
