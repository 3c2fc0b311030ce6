"""The compiled path: a run of steps in one call, network by network, by numba (``pip install 'dropstep[fast]'``).

``vectors`` and ``tiles`` are the micro-kernels, ``products``, ``layers``, ``loss`` and ``optimisers`` what is built of
them; ``forward``, ``backward``, ``descent`` and ``disturbance`` are the passes, ``step`` the step. ``arguments`` names
what they take; ``layout``, ``buffers`` and ``tape`` hold what they read and write. ``streams`` draws random numbers, and
``orders`` shuffles with them. ``training`` trains a stack with the
step, ``ready`` compiles it once and checks it. The formulas are those of ``nets.layers`` and ``nets.optimisers``,
with which they agree to rounding.
"""
