"""Softmax cross-entropy, on logits class by class (classes, rows): vectors run along the rows."""

import numpy as np

from nets.compiled.elementary import exp, tanh
from nets.compiled.jit import compiled

MANY = 1e200  # a product that is not far from the end of its type


@compiled
def find_highest(z, highest):
    """max z over the classes, (rows,); a NaN, which is not below anything, is taken and kept.

    0 is added so that LLVM writes without a mask, as in ``layers.relu``.
    """
    classes, rows = z.shape
    zero = z.dtype.type(0)
    for row in range(rows):
        highest[row] = z[0, row]
    for c in range(1, classes):
        for row in range(rows):
            highest[row] = (highest[row] if z[c, row] <= highest[row] else z[c, row]) + zero


@compiled
def exponentiate(z, highest, total):
    """z ← e^(z - max z), at most 1, and Σ z over the classes."""
    classes, rows = z.shape
    for row in range(rows):
        total[row] = 0
    for c in range(classes):
        for row in range(rows):
            value = exp(z[c, row] - highest[row])
            z[c, row] = value
            total[row] += value


@compiled
def cross_entropy_slope(z, labels, places, highest, total):
    """z ← (softmax z - [class = label]) / batch, for the labels at ``places`` (batch,)."""
    classes, rows = z.shape
    share = z.dtype.type(1) / z.dtype.type(len(places))
    find_highest(z, highest)
    exponentiate(z, highest, total)
    for row in range(rows):
        total[row] = share / total[row]
    for c in range(classes):
        for row in range(rows):
            z[c, row] *= total[row]
    for row in range(len(places)):
        z[labels[places[row]], row] -= share


@compiled
def losses(z, labels, highest, total, best, right):
    """Summed loss in nats and number of misclassified of the rows, of which the first have ``labels``."""
    classes, rows = z.shape
    find_highest(z, highest)
    for row in range(rows):
        best[row] = 0
    for c in range(classes - 1, -1, -1):
        for row in range(rows):
            best[row] = c if z[c, row] == highest[row] else best[row]
    for row in range(len(labels)):
        right[row] = z[labels[row], row] - highest[row]
    exponentiate(z, highest, total)
    loss, product, wrong = 0.0, 1.0, 0
    for row in range(len(labels)):
        wrong += best[row] != labels[row]
        loss -= right[row]
        product *= total[row]  # Σ log t = log Π t
        if product > MANY:
            loss += np.log(product)
            product = 1.0
    return loss + np.log(product), wrong


@compiled
def logit_slope(z, labels, places):
    """z ← (σ(z) - label) / batch, σ(z) = (1 + tanh(z/2))/2, for one logit (1, rows) of two classes."""
    half, one, share = z.dtype.type(0.5), z.dtype.type(1), z.dtype.type(1) / z.dtype.type(len(places))
    for row in range(z.shape[1]):
        z[0, row] = half * (one + tanh(half * z[0, row])) * share
    for row in range(len(places)):
        z[0, row] -= labels[places[row]] * share


@compiled
def logit_losses(z, labels):
    """log(1 + e^-z) for class 1, log(1 + e^z) for class 0, summed, and number of misclassified rows."""
    loss, wrong = 0.0, 0
    for row in range(len(labels)):
        wrong += (z[0, row] > 0) != labels[row]
        against = np.float64(-z[0, row] if labels[row] == 1 else z[0, row])
        loss += (0.0 if against <= 0 else against) + np.log1p(np.exp(-abs(against)))
    return loss, wrong
