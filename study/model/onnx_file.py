"""The same vote as ONNX: an input for each column, (rows, 1), numbers as doubles with NaN for gaps, words as strings."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.impute import KNNImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

from study.errors import StudyError, UsageError

OPSET, ML_OPSET, IR = 17, 3, 10
TOLERANCE = 1e-5  # of a probability
ROWS = 500  # on which the two are compared
HIDDEN = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid", "identity": "Identity"}


@dataclass
class Graph:
    """Nodes and constants so far; every value has a name."""

    onnx: Any
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def node(self, operation: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """What it gives."""
        output = f"v{next(self.numbers)}"
        self.nodes.append(self.onnx.helper.make_node(operation, list(inputs), [output], domain=domain, **attributes))
        return output

    def constant(self, values: Any) -> str:
        name = f"v{next(self.numbers)}"
        self.constants.append(self.onnx.numpy_helper.from_array(np.asarray(values), name))
        return name

    def number(self, values: Any) -> str:
        """In double precision."""
        return self.constant(np.asarray(values, np.float64))

    def double(self, value: str) -> str:
        return self.node("Cast", value, to=self.onnx.TensorProto.DOUBLE)


def packages() -> tuple[Any, Any]:
    """onnx and onnxruntime. Raises ``UsageError`` without them."""
    try:
        import onnx  # noqa: PLC0415  # an extra
        import onnxruntime  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(f"--onnx needs {error.name}: pip install 'dropstep[onnx]'") from error
    return onnx, onnxruntime


def save_onnx(model: VotingClassifier, frame: pd.DataFrame, words: Sequence[str], path: Path) -> None:
    """Writes it and compares its probabilities with the model's on rows of ``frame``, whose columns ``words`` are text.

    Raises ``UsageError`` without the packages, ``StudyError`` where the two differ.
    """
    onnx, onnxruntime = packages()
    made = _model(onnx, model, list(frame.columns), words)
    some = frame.iloc[:ROWS]
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    _, ours = session.run(None, inputs_of(some, words))
    off = float(np.abs(ours - model.predict_proba(some)).max())
    if not off <= TOLERANCE:
        raise StudyError(f"{path} would be off by {off:.2g} in a probability, {TOLERANCE:g} at most: report this")
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_bytes(made.SerializeToString())
    unfinished.replace(path)


def inputs_of(frame: pd.DataFrame, words: Sequence[str]) -> dict[str, NDArray[Any]]:
    """What the model is fed: a column for each name, (rows, 1)."""
    return {str(name): frame[[name]].to_numpy(object if name in words else np.float64) for name in frame}


def _model(onnx: Any, model: VotingClassifier, columns: Sequence[str], words: Sequence[str]) -> Any:
    graph, kinds = Graph(onnx), onnx.TensorProto
    votes = [_pipeline(graph, pipeline) for pipeline in model.estimators_]
    mean = graph.node("Div", graph.node("Sum", *votes), graph.number(len(votes)))
    probabilities = graph.node("Identity", mean)
    label = graph.node(
        "Gather", graph.constant(np.asarray(model.classes_, object)), graph.node("ArgMax", mean, axis=1, keepdims=0)
    )
    inputs = [
        onnx.helper.make_tensor_value_info(name, kinds.STRING if name in words else kinds.DOUBLE, [None, 1])
        for name in columns
    ]
    outputs = [
        onnx.helper.make_tensor_value_info(label, kinds.STRING, [None]),
        onnx.helper.make_tensor_value_info(probabilities, kinds.DOUBLE, [None, len(model.classes_)]),
    ]
    whole = onnx.helper.make_graph(graph.nodes, "dropstep", inputs, outputs, graph.constants)
    opsets = [onnx.helper.make_opsetid("", OPSET), onnx.helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    made = onnx.helper.make_model(whole, opset_imports=opsets, ir_version=IR, producer_name="dropstep")
    onnx.checker.check_model(made)
    return made


def _pipeline(graph: Graph, pipeline: Pipeline) -> str:
    preparation, network = pipeline.named_steps["preparation"], pipeline.named_steps["network"]
    return _network(graph, network, _prepared(graph, preparation))


def _prepared(graph: Graph, preparation: ColumnTransformer) -> str:
    parts = []
    for _, step, columns in preparation.transformers_:
        bare = step.estimator if isinstance(step, FrozenEstimator) else step
        if isinstance(bare, OneHotEncoder):
            parts += [_one_hot(graph, bare, place, str(name)) for place, name in enumerate(columns)]
        else:
            parts.append(_numeric(graph, step, graph.node("Concat", *map(str, columns), axis=1)))
    return graph.node("Concat", *parts, axis=1)


def _numeric(graph: Graph, step: Any, x: str) -> str:
    if isinstance(step, Pipeline):
        for _, each in step.steps:
            x = _numeric(graph, each, x)
        return x
    return CONVERTED[type(step)](graph, step, x)


def _frozen(graph: Graph, step: FrozenEstimator, x: str) -> str:
    return _numeric(graph, step.estimator, x)


def _standard(graph: Graph, step: StandardScaler, x: str) -> str:
    centred = graph.node("Sub", x, graph.number(step.mean_))
    return centred if step.scale_ is None else graph.node("Div", centred, graph.number(step.scale_))


def _robust(graph: Graph, step: RobustScaler, x: str) -> str:
    return graph.node("Div", graph.node("Sub", x, graph.number(step.center_)), graph.number(step.scale_))


def _min_max(graph: Graph, step: MinMaxScaler, x: str) -> str:
    return graph.node("Add", graph.node("Mul", x, graph.number(step.scale_)), graph.number(step.min_))


def _filled(graph: Graph, step: KNNImputer, x: str) -> str:
    """Its one neighbour is 0: see ``study.own.preparing``."""
    return graph.node("Where", graph.node("IsNaN", x), graph.number(0), x)


def _function(graph: Graph, step: FunctionTransformer, x: str) -> str:
    return FUNCTIONS[step.func](graph, x)


def _arsinh(graph: Graph, x: str) -> str:
    """sign x · log(|x| + √(x² + 1)): onnxruntime has its own in single precision alone."""
    size = graph.node("Abs", x)
    root = graph.node("Sqrt", graph.node("Add", graph.node("Mul", x, x), graph.number(1)))
    return graph.node("Mul", graph.node("Sign", x), graph.node("Log", graph.node("Add", size, root)))


def _one_hot(graph: Graph, encoder: OneHotEncoder, place: int, name: str) -> str:
    """Rare words share the last column; an unseen one has none."""
    rare = encoder.infrequent_categories_[place]
    joined = set() if rare is None else set(rare)
    frequent = [word for word in encoder.categories_[place] if word not in joined]
    at = {word: number for number, word in enumerate(frequent)} | dict.fromkeys(joined, len(frequent))
    code = graph.node(
        "LabelEncoder",
        name,
        domain="ai.onnx.ml",
        keys_strings=[str(word) for word in at],
        values_int64s=list(at.values()),
        default_int64=-1,
    )
    width = len(frequent) + bool(joined)
    return graph.double(graph.node("Equal", code, graph.constant(np.arange(width, dtype=np.int64)[None])))


def _network(graph: Graph, network: MLPClassifier, x: str) -> str:
    """Probabilities (rows, classes)."""
    layers = list(zip(network.coefs_, network.intercepts_, strict=True))
    for number, (weights, bias) in enumerate(layers):
        x = graph.node("Add", graph.node("MatMul", x, graph.number(weights)), graph.number(bias))
        if number < len(layers) - 1:
            x = graph.node(HIDDEN[network.activation], x)
    if network.out_activation_ == "softmax":
        return graph.node("Softmax", x, axis=1)
    second = graph.node("Sigmoid", x)
    return graph.node("Concat", graph.node("Sub", graph.number(1), second), second, axis=1)


CONVERTED: dict[type, Callable[[Graph, Any, str], str]] = {
    FrozenEstimator: _frozen,
    StandardScaler: _standard,
    RobustScaler: _robust,
    MinMaxScaler: _min_max,
    KNNImputer: _filled,
    FunctionTransformer: _function,
}
FUNCTIONS: dict[Any, Callable[[Graph, str], str]] = {
    np.arcsinh: _arsinh,
    np.sin: lambda graph, x: graph.node("Sin", x),
    np.cos: lambda graph, x: graph.node("Cos", x),
    np.isnan: lambda graph, x: graph.double(graph.node("IsNaN", x)),
}
