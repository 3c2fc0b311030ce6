"""The search: which hyperparameters matter, where the good settings lie, how the sampler went, what failed and where."""
