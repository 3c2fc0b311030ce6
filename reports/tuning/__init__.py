"""How hard a strength is to tune: windows, regret, grids, a common axis, and the advice that follows from them."""
