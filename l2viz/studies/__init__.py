"""The lesson's claims about L2, each tested over many seeds. TensorFlow loads here.

A check gets the paths of each of its experiments, one for every seed. The lesson's texts quote its
results; `holds` is the claim exactly as the lesson words it, so that a text which is no longer true
fails a test.
"""
