"""A Keras callback that records anyone's own training: losses apart, penalties, weights."""
