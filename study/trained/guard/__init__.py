"""Calls in processes of their own: whatever training does to its process, the study goes on.

A process that has work for others starts one server (``server.py``), which imports what training needs and then
only forks. Each thread that asks (``Guards``) gets a guard from it, and the guard a child: the child trains
stack after stack, the guard does nothing but wait for its end and tell how it was.
"""

from study.trained.guard.guards import Guards
from study.trained.guard.terms import Limits, Terms

__all__ = ["Guards", "Limits", "Terms"]
