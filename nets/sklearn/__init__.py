"""The nets as scikit-learn classifiers; nothing of ours imports them."""

from nets.sklearn.estimator import StackedMLPClassifier
from nets.sklearn.study_classifier import StudyClassifier

__all__ = ["StackedMLPClassifier", "StudyClassifier"]
