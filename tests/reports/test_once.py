"""What is remembered of a table is that table's, and goes with it."""

import gc
import weakref

import pandas as pd

from reports.evidence.once import once


def test_a_table_is_read_once_for_each_question_and_another_anew():
    asked = []

    @once
    def total(table, column):
        asked.append(column)
        return int(table[column].sum())

    first, second = pd.DataFrame({"a": [1, 2], "b": [3, 4]}), pd.DataFrame({"a": [5], "b": [6]})
    assert [total(first, "a"), total(first, "b"), total(first, "a"), total(second, "a")] == [3, 7, 3, 5]
    assert asked == ["a", "b", "a"]


def test_nothing_is_kept_of_a_table_that_is_gone():
    answers = once(lambda table: [len(table)])
    table = pd.DataFrame({"a": [1]})
    gone = weakref.ref(table)
    answers(table)
    del table
    gc.collect()
    assert gone() is None
    assert answers(pd.DataFrame({"a": [1, 2]})) == [2]
