"""Subtitles to be burnt in: read from SRT, WebVTT or ASS, written as one self-contained ASS.

Everything here is pure: bytes and values in, values and bytes out.
"""
