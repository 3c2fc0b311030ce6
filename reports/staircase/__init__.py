"""Is the response stepped: the index of quantization and what belongs to it."""
