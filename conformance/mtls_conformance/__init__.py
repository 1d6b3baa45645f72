"""Runs the mtls-gauntlet corpus against validators, libraries and live servers."""

__version__ = "0.1.0"
