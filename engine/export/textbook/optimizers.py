"""Each optimizer: p are the parameters by name, g the loss's gradients, rate is η.

`memory` is what an optimizer remembers from step to step; it starts empty.
"""

import numpy as np


def sgd(p, g, memory, rate):
    """Go a little way down the gradient."""
    for name in p:
        p[name] = p[name] - rate * g[name]


def momentum(p, g, memory, rate, momentum):
    """Go on in the direction of all past gradients, the older ones counting less."""
    for name in p:
        v = memory[name] = momentum * memory.get(name, 0) + g[name]
        p[name] = p[name] - rate * v


def nesterov(p, g, memory, rate, momentum):
    """Go where momentum will have led one step later."""
    for name in p:
        v = memory[name] = momentum * memory.get(name, 0) + g[name]
        p[name] = p[name] - rate * (g[name] + momentum * v)


def rmsprop(p, g, memory, rate, decay, epsilon):
    """Divide each gradient by its usual size of late, so that all parameters move alike."""
    for name in p:
        s = memory[name] = decay * memory.get(name, 0) + (1 - decay) * g[name] ** 2
        p[name] = p[name] - rate * g[name] / (np.sqrt(s) + epsilon)


def adam(p, g, memory, rate, beta1, beta2, epsilon):
    """Divide a running mean of each gradient by the root of one of its square."""
    t = memory["t"] = memory.get("t", 0) + 1
    for name in p:
        m, v = memory.get(name, (0, 0))
        m = beta1 * m + (1 - beta1) * g[name]
        v = beta2 * v + (1 - beta2) * g[name] ** 2
        memory[name] = m, v
        m_hat = m / (1 - beta1**t)  # m and v start at 0, too low; this makes up for it
        v_hat = v / (1 - beta2**t)
        p[name] = p[name] - rate * m_hat / (np.sqrt(v_hat) + epsilon)
