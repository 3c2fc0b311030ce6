"""scikit-learn's own tests of its MLPClassifier, with the import changed and nothing else.

lbfgs, where it is the solver that happens to be named, reads adam. What fails is listed with its reason, and must fail.
"""

from pathlib import Path

import pytest
import sklearn.neural_network

SOURCE = Path(sklearn.neural_network.__file__).parent / "tests" / "test_mlp.py"
IMPORT = "from sklearn.neural_network import MLPClassifier, MLPRegressor"
OURS = "from nets.sklearn import StackedMLPClassifier as MLPClassifier\nfrom sklearn.neural_network import MLPRegressor"
SOLVERS = {'solver="lbfgs"': 'solver="adam"', '["sgd", "adam", "lbfgs"]': '["sgd", "adam"]'}

LBFGS = "solver='lbfgs' alone has it"
MULTILABEL = "multilabel targets are refused"
PRIVATE = "reads or sets private attributes"
DIFFERENT = {
    "test_fit": PRIVATE,
    "test_gradient": PRIVATE,
    "test_learning_rate_warmstart": PRIVATE,
    "test_adaptive_learning_rate": PRIVATE,
    "test_n_iter_no_change": PRIVATE,
    "test_n_iter_no_change_inf": PRIVATE,
    "test_lbfgs_classification_maxfun": LBFGS,
    "test_partial_fit_errors": LBFGS,
    "test_multilabel_classification": MULTILABEL,
    "test_predict_proba_multilabel": MULTILABEL,
}
SLOW = {
    "test_lbfgs_classification",
    "test_n_iter_no_change",
    "test_n_iter_no_change_inf",
    "test_partial_fit_classification",
}

pytestmark = pytest.mark.filterwarnings("default")


def own_tests() -> dict[str, object]:
    """Those that know the classifier, by name, marked as they are there."""
    source = SOURCE.read_text()
    assert IMPORT in source
    for theirs, ours in {IMPORT: OURS, **SOLVERS}.items():
        source = source.replace(theirs, ours)
    module: dict[str, object] = {"__name__": __name__}
    exec(compile(source, SOURCE, "exec"), module)
    found = {}
    for name, test in module.items():
        if not name.startswith("test_"):
            continue
        marks = getattr(test, "pytestmark", [])
        if "MLPClassifier" in test.__code__.co_names or any("stimator" in str(mark.args[:1]) for mark in marks):
            reason = DIFFERENT.get(name)
            found[name] = pytest.mark.xfail(reason=reason, strict=True)(test) if reason else test
            if name in SLOW:
                pytest.mark.slow(test)
    return found


globals().update(own_tests())


def test_the_list_names_tests_that_there_are() -> None:
    assert set(DIFFERENT) <= set(own_tests())
    assert len(own_tests()) > 30
