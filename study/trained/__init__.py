"""How networks are trained: sent out in stacks, on any executor, whatever happens to the processes there."""
