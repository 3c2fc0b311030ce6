"""Designs that several claims read, each a module: what is trained, under which name, and how its networks are told apart."""
