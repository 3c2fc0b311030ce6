"""The compiled path: a run of steps in one call, network by network, by numba (``pip install dropstep[fast]``).

``vectors`` and ``tiles`` are the micro-kernels, ``products``, ``layers``, ``loss`` and ``optimisers`` what is built of
them, ``step`` the step; ``layout``, ``buffers`` and ``tape`` hold what it reads and writes, ``training`` trains a stack
with it, ``ready`` compiles it once and checks it. The formulas are those of ``nets.layers`` and ``nets.optimisers``,
with which they agree to rounding.
"""
