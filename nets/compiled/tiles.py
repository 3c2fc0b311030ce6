"""The micro-kernels: tiles of a matrix product, whose sums stay in registers, and of a transposed matrix; Adam's step.

Each is a numba intrinsic that takes addresses, and an array of which it takes the type of numbers alone.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from nets.compiled.vectors import ADDRESS, ROWS, VECTORS, Vectors, word


def _cases(builder: Any, height: Any, width: Any) -> Iterator[tuple[int, int]]:
    """Code for each height 1 … ROWS and width 1 … VECTORS of a tile, of which the two values choose one."""
    after = builder.append_basic_block()
    key = builder.add(builder.mul(height, word(VECTORS + 1)), width)
    nowhere = builder.append_basic_block()
    choice = builder.switch(key, nowhere)
    builder.position_at_end(nowhere)
    builder.unreachable()
    for rows in range(1, ROWS + 1):
        for vectors in range(1, VECTORS + 1):
            block = builder.append_basic_block()
            choice.add_case(word(rows * (VECTORS + 1) + vectors), block)
            builder.position_at_end(block)
            yield rows, vectors
            builder.branch(after)
    builder.position_at_end(after)


def _product(
    v: Vectors, size: tuple[int, int], rows: Any, count: Any, weight: Any, bias: Any, y: Any, y_stride: Any
) -> None:
    """The code of a product's tile of so many rows and vectors."""
    (high, wide), builder, register = size, v.builder, v.lanes * v.size
    x = [v.read_word(v.at(rows, word(8 * r))) for r in range(high)]
    biased = builder.icmp_signed("!=", bias, word(0))
    from_bias = [v.load(v.at(builder.select(biased, bias, weight), word(register * j))) for j in range(wide)]
    initial = [builder.select(biased, vector, v.zero) for vector in from_bias]

    def add(k: Any, sums: Any) -> Any:
        row = v.at(weight, builder.mul(k, word(register * wide)))
        weights = [v.load(v.at(row, word(register * j))) for j in range(wide)]
        inputs = [v.read_splat(v.at(x[r], builder.mul(k, word(v.size)))) for r in range(high)]
        return _outer(v, inputs, weights, sums)

    sums = v.sums(count, initial * high, add)
    for r in range(high):
        row = v.at(y, builder.mul(y_stride, word(r)))
        for j in range(wide):
            v.store(sums[r * wide + j], v.at(row, word(register * j)))


def _gradient(
    v: Vectors, size: tuple[int, int], rows: Any, count: Any, first: Any, dy: Any, dy_stride: Any, gradient: Any
) -> None:
    (high, wide), builder, register = size, v.builder, v.lanes * v.size

    def add(b: Any, sums: Any) -> Any:
        row = v.at(dy, builder.mul(b, dy_stride))
        slopes = [v.load(v.at(row, word(register * j))) for j in range(wide)]
        x = v.at(v.read_word(v.at(rows, builder.mul(b, word(8)))), builder.mul(first, word(v.size)))
        inputs = [v.read_splat(v.at(x, word(v.size * i))) for i in range(high)]
        return _outer(v, inputs, slopes, sums)

    for place, total in enumerate(v.sums(count, [v.zero] * (high * wide), add)):
        v.store(total, v.at(gradient, word(register * place)))


def _outer(v: Vectors, column: Sequence[Any], row: Sequence[Any], sums: Sequence[Any]) -> list[Any]:
    """sums + column row, one tile row after the other."""
    pairs = itertools.product(column, row)
    return [v.multiply_add(one, other, total) for (one, other), total in zip(pairs, sums, strict=True)]


def _of_any_size(tile: Callable[..., None]) -> Callable[..., Any]:
    """What generates an intrinsic of height, width and more arguments from the code of a tile for each size."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        height, width, *rest, _ = arguments
        v = Vectors(builder, context.get_data_type(signature.args[-1].dtype))
        for size in _cases(builder, height, width):
            tile(v, size, *rest)
        return context.get_dummy_value()

    return generate


@intrinsic
def product_tile(typing, height, width, rows, count, weight, bias, y, y_stride, like):
    """y[r] = bias + Σ_k x_r[k] weight[k] for r < height, vectors of ``width`` registers.

    ``rows`` is where the addresses of the x_r stand; ``weight`` has ``count`` rows, one after the other; bias 0: none.
    """
    return types.void(*[types.int64] * 8, like), _of_any_size(_product)


@intrinsic
def gradient_tile(typing, height, width, rows, count, first, dy, dy_stride, gradient, like):
    """gradient[i] = Σ_b x_b[first + i] dy[b] for i < height, vectors of ``width`` registers one after the other.

    ``rows`` is where the addresses of the ``count`` rows x_b stand; rows 0: of one input that is 1.
    """
    return types.void(*[types.int64] * 8, like), _of_any_size(_gradient)


@intrinsic
def prefetch(typing, address):
    """Asks for a cache line that is soon read and written: from memory it takes as long as the sums of a tile."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        short = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [ADDRESS, short, short, short])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        to_write, keep, data = (ir.Constant(short, number) for number in (1, 3, 1))
        builder.call(function, [builder.inttoptr(arguments[0], ADDRESS), to_write, keep, data])
        return context.get_dummy_value()

    return types.void(types.int64), generate


@intrinsic
def transpose_tile(typing, x, x_stride, y, y_stride, like):
    """y = xᵀ for a square of as many rows and columns as a vector has lanes."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, x_stride, y, y_stride, _ = arguments
        v = Vectors(builder, context.get_data_type(signature.args[-1].dtype))
        rows = [v.load(v.at(x, builder.mul(x_stride, word(r)))) for r in range(v.lanes)]
        for r, column in enumerate(v.transposed(rows)):
            v.store(column, v.at(y, builder.mul(y_stride, word(r))))
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4, like), generate


@intrinsic
def keep_lowest_tile(typing, words, stride, highest, scale, factor, factor_stride, like):
    """factor = (scale where a word is at most ``highest``, else 0)ᵀ for a square of words of 16 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        words, stride, highest, scale, factor, factor_stride, _ = arguments
        v = Vectors(builder, context.get_data_type(signature.args[-1].dtype))
        short = ir.IntType(16)
        many = ir.VectorType(short, v.lanes)
        bound = builder.insert_element(ir.Constant(many, ir.Undefined), builder.trunc(highest, short), ir.Constant(ir.IntType(32), 0))  # fmt: skip
        bound = v.shuffle(bound, bound, [0] * v.lanes)
        scales = v.splat(scale)
        rows = []
        for r in range(v.lanes):
            row = v.read(v.at(words, builder.mul(stride, word(r))), many, 2)
            rows.append(builder.select(builder.icmp_unsigned("<=", row, bound), scales, v.zero))
        for r, column in enumerate(v.transposed(rows)):
            v.store(column, v.at(factor, builder.mul(factor_stride, word(r))))
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3, like.dtype, *[types.int64] * 2, like), generate


@intrinsic
def adam_run(typing, values, gradient, first, second, count, l2, kept, beta1, beta2, rate, epsilon):
    """g ← g + λ w where λ is not 0; first ← β₁ first + g, second ← β₂ second + g², w ← kept w - rate · first / (√second + ε).

    Of ``count`` whole vectors: written in numba it went number by number through what is left of a tile beyond four
    vectors, and an L2 penalty in a pass of its own took a third of a step.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *places, count, penalty, kept, beta1, beta2, rate, epsilon = arguments
        v = Vectors(builder, context.get_data_type(signature.args[-1]))
        penalised = builder.fcmp_unordered("!=", penalty, ir.Constant(v.element, 0.0))
        l2, kept, beta1, beta2, rate, epsilon = (v.splat(each) for each in (penalty, kept, beta1, beta2, rate, epsilon))

        def move(number: Any, _: Any) -> Any:
            at = [v.at(place, builder.mul(number, word(v.lanes * v.size))) for place in places]
            w, g, first, second = (v.load(address) for address in at)
            g = builder.select(penalised, v.multiply_add(l2, w, g), g)
            first = v.multiply_add(beta1, first, g)
            second = v.multiply_add(g, g, builder.fmul(beta2, second))
            way = builder.fdiv(first, builder.fadd(v.root(second), epsilon))
            w = builder.fsub(builder.fmul(kept, w), builder.fmul(rate, way))
            for vector, address in zip((w, first, second), (at[0], at[2], at[3]), strict=True):
                v.store(vector, address)
            return []

        v.sums(count, [], move)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 5, *[l2] * 6), generate
