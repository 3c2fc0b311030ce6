"""Vectors of the processor, for the micro-kernels: LLVM code that numba intrinsics put together.

An address is a whole number of bytes; LLVM splits vectors that are too wide for the processor.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from llvmlite import binding, ir
from numba.core import cgutils

WORD = ir.IntType(64)
ADDRESS = ir.PointerType()


def registers(features: Mapping[str, bool]) -> tuple[int, int]:
    """Bytes of a vector register of a processor that has these ``features``, and the rows of a tile whose sums fill its registers."""
    if features.get("avx512f"):
        return 64, 8  # of 32 registers: 8 rows x 2 vectors of sums
    if features.get("avx2"):
        return 32, 6  # of 16 registers: 6 rows x 2 vectors of sums, 2 of weights, 1 or 2 of inputs
    return 16, 6


BYTES, ROWS = registers(binding.get_host_cpu_features())
VECTORS = 2  # side by side in a tile


def word(value: int) -> Any:
    return ir.Constant(WORD, value)


class Vectors:
    """Operations on vectors of one type of numbers, appended to the code of ``builder``."""

    def __init__(self, builder: Any, element: Any) -> None:
        """``element`` is LLVM's type of a number: float, double or a whole one of 64 bits."""
        self.builder, self.element = builder, element
        self.size = 4 if element == ir.FloatType() else 8
        self.lanes = BYTES // self.size
        self.type = ir.VectorType(element, self.lanes)
        self.zero = ir.Constant(self.type, None)

    def at(self, base: Any, *terms: Any) -> Any:
        """The address ``base`` plus all terms."""
        for term in terms:
            base = self.builder.add(base, term)
        return base

    def load(self, address: Any) -> Any:
        """The vector at an address, which is that of a number."""
        return self.read(address, self.type, self.size)

    def read(self, address: Any, kind: Any, aligned: int) -> Any:
        """A value of LLVM's type ``kind`` from an address that so many bytes divide."""
        loaded = self.builder.load(self.builder.inttoptr(address, ADDRESS), typ=kind)
        loaded.align = aligned
        return loaded

    def read_splat(self, address: Any) -> Any:
        """A vector of the one number at an address."""
        return self.splat(self.read(address, self.element, self.size))

    def read_word(self, address: Any) -> Any:
        return self.read(address, WORD, 8)

    def store(self, vector: Any, address: Any) -> None:
        self.builder.store(vector, self.builder.inttoptr(address, ADDRESS)).align = self.size

    def splat(self, number: Any) -> Any:
        """A vector of one number."""
        first = self.builder.insert_element(
            ir.Constant(self.type, ir.Undefined), number, ir.Constant(ir.IntType(32), 0)
        )
        return self.shuffle(first, first, [0] * self.lanes)

    def shuffle(self, one: Any, other: Any, places: Sequence[int]) -> Any:
        mask = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), list(places))
        return self.builder.shuffle_vector(one, other, mask)

    def multiply_add(self, a: Any, b: Any, c: Any) -> Any:
        """a b + c, in one rounding where the processor has an instruction for it."""
        name = f"llvm.fmuladd.v{self.lanes}f{8 * self.size}"
        function = ir.FunctionType(self.type, [self.type] * 3)
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, function, name), [a, b, c])

    def root(self, a: Any) -> Any:
        """√a, exact to rounding."""
        name = f"llvm.sqrt.v{self.lanes}f{8 * self.size}"
        function = ir.FunctionType(self.type, [self.type])
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, function, name), [a])

    def sums(self, count: Any, initial: Sequence[Any], add: Callable[[Any, Sequence[Any]], Sequence[Any]]) -> list[Any]:
        """sums = add(number, sums) for each number in 0 … count - 1, of which there is one at least."""
        builder, before = self.builder, self.builder.block
        body, after = builder.append_basic_block(), builder.append_basic_block()
        builder.branch(body)
        builder.position_at_end(body)
        number = builder.phi(WORD)
        number.add_incoming(word(0), before)
        sums = [builder.phi(self.type) for _ in initial]
        for total, start in zip(sums, initial, strict=True):
            total.add_incoming(start, before)
        new = list(add(number, sums))
        following = builder.add(number, word(1))
        number.add_incoming(following, builder.block)
        for total, grown in zip(sums, new, strict=True):
            total.add_incoming(grown, builder.block)
        builder.cbranch(builder.icmp_signed("<", following, count), body, after)
        builder.position_at_end(after)
        return new

    def transposed(self, rows: Sequence[Any]) -> list[Any]:
        """The columns of as many vectors as one has lanes: beside the diagonal, squares change places, of half the width and ever smaller.

        Measured to take a third less time than perfect shuffles: but for the largest squares no number leaves its 16 bytes.
        """
        columns, width, lanes = list(rows), self.lanes // 2, range(self.lanes)
        while width:
            upper = [lane + self.lanes - width if lane & width else lane for lane in lanes]
            lower = [lane + self.lanes if lane & width else lane + width for lane in lanes]
            for one in (row for row in lanes if not row & width):
                pair = columns[one], columns[one + width]
                columns[one], columns[one + width] = (self.shuffle(*pair, places) for places in (upper, lower))
            width //= 2
        return columns
