"""The figures of the section on the search, in the order in which they are asked for."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from reports.drawing.plates import Plate
from reports.search.course import learning_plate, so_far_plate
from reports.search.matters import shares_plate, surfaces_plate
from reports.search.points import searched_points, spread_points
from reports.search.where import failures_plate, parallel_plate


def search_plates(results: pd.DataFrame, provenance: Mapping[str, Any], tried: pd.DataFrame) -> list[Plate]:
    """``tried``: the trials of the search. Of the space, from points that fill it where there are any, else from the sampler's history."""
    known = [
        points
        for points in (spread_points(results, provenance), searched_points(results, provenance))
        if points and points.losses.size
    ]
    plates = [shares_plate(known)]
    if known:
        whole = known[0]
        plates += [surfaces_plate(whole), parallel_plate(whole), failures_plate(whole), learning_plate(whole)]
    return [each for each in (*plates, so_far_plate(tried)) if each]
