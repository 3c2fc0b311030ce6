"""The layers of a network, each kind a registry of its own."""
