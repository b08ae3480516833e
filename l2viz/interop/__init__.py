"""Any Keras model -> a summary of its regularizers; λ <-> the settings of other libraries."""
