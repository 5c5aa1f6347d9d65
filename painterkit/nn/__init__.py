"""Layers that know no role. This package imports torch alone."""
