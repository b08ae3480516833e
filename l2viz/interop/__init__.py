"""Models and settings of others: what is regularized in a Keras model, and λ elsewhere."""
