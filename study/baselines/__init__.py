"""What a network is measured against: other methods on the same splits and seeds, each with a small budget of its own."""
