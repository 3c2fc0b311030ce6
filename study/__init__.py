"""What is tried, how it runs and where it is kept: a study is a pure function of its configuration, sqlite is its memo."""

__version__ = "0.1.0"
