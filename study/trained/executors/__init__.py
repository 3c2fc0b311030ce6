"""Where stacks are trained: in this process, in guarded children of it, or by Dask on any number of machines.

Which one it is, how many workers there are and in which order they finish changes no result.
"""

from study.trained.executors.base import StudyExecutor
from study.trained.executors.crew import Crew
from study.trained.executors.hire import EXECUTORS, Kind, available_cores, choose, open_executor
from study.trained.executors.pool import Pool
from study.trained.executors.serial import Serial

__all__ = ["EXECUTORS", "Crew", "Kind", "Pool", "Serial", "StudyExecutor", "available_cores", "choose", "open_executor"]
