"""Small random data for the laws of the nets."""

from collections.abc import Callable

import pytest
from linear_data import make_data

from nets import Data


@pytest.fixture(scope="session")
def data_of() -> Callable[..., Data]:
    return make_data
