"""The child that decodes strangers' media from end to end: `python -m pipeline.analysis`."""
