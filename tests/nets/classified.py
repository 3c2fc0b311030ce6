"""What the tests of the classifiers train on."""

import numpy as np
from sklearn.datasets import make_blobs

SMALL = {"hidden_layer_sizes": (8, 6), "max_iter": 5, "batch_size": 8, "random_state": 0}
REGULARISED = {"keep_prob": 0.8, "input_keep_prob": 0.9, "batch_norm": "before"}


def blobs(classes: int = 3, rows: int = 43) -> tuple[np.ndarray, np.ndarray]:
    return make_blobs(rows, n_features=4, centers=classes, cluster_std=3, random_state=1)
