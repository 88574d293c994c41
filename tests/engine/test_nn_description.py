"""Descriptions are checked as a whole, and say what is wrong."""

import numpy as np
import pytest

from engine.errors import InvalidValueError, ShapeError
from engine.nn.description import read_description
from engine.nn.network import Network

CONV = {"kind": "conv2d", "name": "conv1", "filters": 8}
DENSE = {"kind": "dense", "name": "dense1", "units": 10}
FLATTEN = {"kind": "flatten"}
SOFTMAX = {"kind": "softmax", "name": "softmax"}


def digits(*layers, **more):
    return {
        **{"input": [1, 8, 8], "layers": list(layers)},
        **{"loss": "categorical_cross_entropy", **more},
    }


GOOD = digits(CONV, {"kind": "relu"}, {"kind": "max_pool2d"}, FLATTEN, DENSE, SOFTMAX)


def test_the_shapes_run_through():
    read = read_description(GOOD)
    assert [layer.output_shape for layer in read.layers] == [
        *((8, 8, 8), (8, 8, 8), (8, 4, 4)),
        *((128,), (10,), (10,)),
    ]


def test_layers_without_a_name_are_named_by_kind_and_count():
    read = read_description(digits(FLATTEN, {"kind": "relu"}, DENSE, {"kind": "relu"}, SOFTMAX))
    assert [layer.name for layer in read.layers] == [
        *("flatten1", "relu1", "dense1", "relu2", "softmax")
    ]


def test_options_have_defaults():
    (conv, pool, *_) = read_description(
        digits({"kind": "conv2d", "filters": 2}, {"kind": "max_pool2d"}, FLATTEN, DENSE, SOFTMAX)
    ).layers
    assert (conv.size, conv.stride, conv.padding, conv.dilation) == (3, 1, "same", 1)
    assert (pool.size, pool.stride, pool.partial) == (2, 2, False)


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"layers": [DENSE, SOFTMAX]}, ShapeError, "dense1: expected a vector, got 1 × 8 × 8; put"),
        ({"layers": [FLATTEN, CONV]}, ShapeError, "conv1: expected channels × .*, got 64 features"),
        (
            {"layers": [{**CONV, "size": 5, "dilation": 2, "padding": 0}, FLATTEN, SOFTMAX]},
            ShapeError,
            r"conv1: expected at least 9 × 9 pixels \(size 5, dilation 2, padding 0\), got 8 × 8",
        ),
        (
            {"layers": [{"kind": "max_pool2d", "size": 9}, FLATTEN, SOFTMAX]},
            ShapeError,
            "max_pool2d1: expected at least 9 × 9 pixels .*, got 8 × 8",
        ),
        (
            {"layers": [CONV], "loss": "mean_squared_error"},
            ShapeError,
            "mean_squared_error: expected a vector from conv1, got 8 × 8 × 8",
        ),
        (
            {"layers": [FLATTEN, DENSE]},
            InvalidValueError,
            r"expected a softmax as the last layer, got dense1 \(dense\)",
        ),
        (
            {"layers": [FLATTEN, {**DENSE, "units": 1}, SOFTMAX]},
            ShapeError,
            "softmax: expected at least 2 features, got 1",
        ),
        (
            {"layers": [{**CONV, "padding": 3}, FLATTEN, SOFTMAX]},
            InvalidValueError,
            r"conv1: padding: expected at most 2, \(size − 1\)·dilation, got 3",
        ),
        (
            {"layers": [{**CONV, "padding": "full"}]},
            InvalidValueError,
            'conv1: padding: expected "same", "none" or a whole number from 0 to 64, got \'full\'',
        ),
        (
            {"layers": [{**CONV, "filters": 0}]},
            InvalidValueError,
            "conv1: filters: expected a whole number from 1 to 512, got 0",
        ),
        (
            {"layers": [CONV, {"kind": "add", "over": 1}, FLATTEN, SOFTMAX]},
            ShapeError,
            "add1: expected 1 × 8 × 8, as went into the block, got 8 × 8 × 8",
        ),
        (
            {"layers": [FLATTEN, {"kind": "add", "over": 2}, SOFTMAX]},
            InvalidValueError,
            "add1: over: expected at most 1, the layers before it, got 2",
        ),
        (
            {"layers": [FLATTEN, {"kind": "add", "over": 0}]},
            InvalidValueError,
            "add1: over: expected a whole number from 1 to 63, got 0",
        ),
        ({"layers": [{**CONV, "filters": True}]}, InvalidValueError, "filters: .*, got True"),
        ({"layers": [{**CONV, "size": 2.0}]}, InvalidValueError, "size: .*, got 2.0"),
        ({"layers": [{"kind": "conv2d"}]}, InvalidValueError, "conv2d1: filters is missing"),
        (
            {"layers": [{**DENSE, "filters": 3}]},
            InvalidValueError,
            "dense1: unknown option 'filters'; dense has units, initializer",
        ),
        (
            {"layers": [{**FLATTEN, "size": 3}]},
            InvalidValueError,
            "unknown option 'size'; flatten has no options",
        ),
        (
            {"layers": [{"kind": "pool"}]},
            InvalidValueError,
            "layer 1: kind: expected one of dense, conv2d, .*, got 'pool'",
        ),
        (
            {"layers": [{"kind": "max_pool2d", "partial": 1}]},
            InvalidValueError,
            "max_pool2d1: partial: expected true or false, got 1",
        ),
        (
            {"layers": [{"kind": "dropout", "rate": 1}]},
            InvalidValueError,
            "dropout1: rate: expected a number from 0 to below 1, got 1",
        ),
        (
            {"layers": [{"kind": "dropout", "rate": "half"}]},
            InvalidValueError,
            "rate: expected a number .*, got 'half'",
        ),
        (
            {"layers": [{**DENSE, "initializer": "random"}]},
            InvalidValueError,
            "dense1: initializer: expected one of constant, .*, got 'random'",
        ),
        (
            {"layers": [{**DENSE, "initializer": {"kind": "he", "scale": 2}}]},
            InvalidValueError,
            "dense1: initializer: unknown option 'scale'; he has no options",
        ),
        (
            {"layers": [{**DENSE, "initializer": {"kind": "gaussian", "scale": float("nan")}}]},
            InvalidValueError,
            "scale: expected a number from 0 to 10, got nan",
        ),
        (
            {"layers": [FLATTEN, {**DENSE, "name": "a"}, {**DENSE, "name": "a"}]},
            InvalidValueError,
            "layer 3: expected a name of its own, but 'a' is taken",
        ),
        ({"layers": [{**DENSE, "name": "Dense.1"}]}, InvalidValueError, "layer 1: name: expected"),
        ({"layers": ["dense"]}, InvalidValueError, "layer 1: expected a description, got 'dense'"),
        ({"layers": []}, InvalidValueError, "expected a list of 1 to 64 layers, got 0 layers"),
        ({"layers": 3}, InvalidValueError, "expected a list of 1 to 64 layers, got 3"),
        ({"layers": 65 * [FLATTEN]}, InvalidValueError, "got 65 layers"),
        ({"input": [8, 8]}, InvalidValueError, r"input: expected \[features\] or .*, got \[8, 8\]"),
        ({"input": [1, 8, 0]}, InvalidValueError, "input: expected a whole number from 1 to 4096"),
        ({"loss": "mse"}, InvalidValueError, "loss: expected one of mean_squared_error, .* 'mse'"),
        ({"l2": -1}, InvalidValueError, "l2: expected a number from 0 to 100, got -1"),
        ({"l1": 1}, InvalidValueError, "network: unknown 'l1'; it has input, layers, loss, l2"),
        (
            {"input": [4096], "layers": [{**DENSE, "units": 4096}, SOFTMAX]},
            InvalidValueError,
            "network: expected at most 1000000 parameters, got 16781312",
        ),
        (
            {"input": [1, 512, 512], "layers": [CONV, FLATTEN, SOFTMAX]},
            InvalidValueError,
            "network: expected at most 200000 numbers for one sample, got 6291456",
        ),
    ],
)
def test_a_bad_description_says_which_layer_what_it_got_and_what_it_needs(change, error, text):
    with pytest.raises(error, match=text):
        read_description({**GOOD, **change})


def test_a_description_that_is_none_says_so():
    with pytest.raises(InvalidValueError, match="network: expected a description, got 3"):
        read_description(3)


def test_the_network_checks_its_description_and_its_dtype():
    rng = np.random.default_rng(0)
    with pytest.raises(ShapeError):
        Network({**GOOD, "layers": [DENSE, SOFTMAX]}, rng=rng)
    with pytest.raises(InvalidValueError, match="dtype: expected float32 or float64, got int32"):
        Network(GOOD, rng=rng, dtype=np.int32)
