"""The nets as a scikit-learn classifier; nothing of ours imports it."""

from nets.sklearn.estimator import StackedMLPClassifier

__all__ = ["StackedMLPClassifier"]
