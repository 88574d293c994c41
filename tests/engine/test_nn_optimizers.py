"""Optimizers against their textbook formulas."""

import numpy as np
import pytest

from engine.errors import InvalidValueError
from engine.nn.optimizers import OPTIMIZERS, make_optimizer


def textbook(kind, theta, gradients, rates):
    """Follow the formulas as the sources print them, one number at a time."""
    t = v = m = s = 0.0
    for g, rate in zip(gradients, rates, strict=True):
        t += 1
        if kind == "sgd":
            theta -= rate * g
        elif kind == "momentum":
            v = 0.9 * v + g
            theta -= rate * v
        elif kind == "nesterov":
            v = 0.9 * v + g
            theta -= rate * (g + 0.9 * v)
        elif kind == "rmsprop":
            s = 0.9 * s + 0.1 * g**2
            theta -= rate * g / (s**0.5 + 1e-8)
        else:
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g**2
            theta -= rate * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
    return theta


GRADIENTS = np.random.default_rng(0).standard_normal((7, 5))
RATES = [0.1, 0.1, 0.1, 0.02, 0.02, 0.3, 0.3]


@pytest.mark.parametrize("kind", sorted(OPTIMIZERS))
@pytest.mark.parametrize(("dtype", "close"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_updates_follow_the_textbook_also_when_the_rate_changes(kind, dtype, close):
    theta = np.linspace(-1, 1, 5).astype(dtype)
    expected = [
        textbook(kind, float(start), GRADIENTS[:, n], RATES) for n, start in enumerate(theta)
    ]
    optimizer = make_optimizer(kind, theta, learning_rate=RATES[0])
    for gradient, rate in zip(GRADIENTS.astype(dtype), RATES, strict=True):
        optimizer.learning_rate = rate
        optimizer.update(theta, gradient)
    np.testing.assert_allclose(theta, expected, rtol=close, atol=close)


@pytest.mark.parametrize("kind", sorted(OPTIMIZERS))
def test_its_state_is_all_it_remembers(kind):
    theta = np.ones(5, np.float32)
    first = make_optimizer(kind, theta, learning_rate=0.1)
    for gradient in GRADIENTS.astype(np.float32):
        first.update(theta, gradient)
    other = make_optimizer(kind, theta, learning_rate=0.1)
    other.load({name: array.copy() for name, array in first.state().items()})
    copy = theta.copy()
    for gradient in GRADIENTS.astype(np.float32):
        first.update(theta, gradient)
        other.update(copy, gradient)
    assert theta.tobytes() == copy.tobytes()


@pytest.mark.parametrize("kind", sorted(OPTIMIZERS))
def test_all_go_down_a_bowl(kind):
    theta = np.array([2.0, -3.0])
    scale = np.array([1.0, 20.0])
    optimizer = make_optimizer(kind, theta, learning_rate=0.02)
    for _ in range(600):
        optimizer.update(theta, scale * theta)
    assert np.abs(theta).max() < 0.05


def test_momentum_crosses_a_narrow_valley_faster_than_plain_descent():
    left = {}
    for kind in ("sgd", "momentum"):
        theta = np.array([1.0, 1.0])
        optimizer = make_optimizer(kind, theta, learning_rate=0.015)
        for _ in range(100):
            optimizer.update(theta, np.array([1.0, 100.0]) * theta)
        left[kind] = np.abs(theta).max()
    assert left["momentum"] < 0.1 * left["sgd"]


def test_bad_names_and_rates_say_why():
    with pytest.raises(InvalidValueError, match=r"expected one of sgd, .*, adam, got 'ada'"):
        make_optimizer("ada", np.ones(1), learning_rate=0.1)
    for rate in (float("nan"), float("inf"), -0.1):
        with pytest.raises(InvalidValueError, match="learning_rate: expected a number from 0"):
            make_optimizer("sgd", np.ones(1), learning_rate=rate)
