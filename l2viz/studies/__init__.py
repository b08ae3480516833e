"""What is said of L2, each claim checked over many seeds. TensorFlow loads here.

A check is given the paths of each of its experiments, one for every seed. Its results are what
the texts of the lesson quote; `holds` is the claim exactly as the lesson words it, so that a text
which is no longer true fails a test.
"""
