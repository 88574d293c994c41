"""Racers, races and searches, without the exhibit around them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.landscape.annealing import COLDEST, FIRST, Annealing
from engine.landscape.comparison import GROUNDS, Comparison, ending
from engine.landscape.genetic import BLEND, FINEST, POPULATION, Genetic
from engine.landscape.lowest import lowest_known
from engine.landscape.named import TWO, bowl
from engine.landscape.race import RACERS, Race, Rules, make_racer
from engine.landscape.racer import DESCENDERS, Descender
from engine.landscape.rates import COARSE, FINE, REPEATS, RateSearch
from engine.landscape.small_network import SmallNetwork

RULES = Rules(budget=300, price=3, line=1e-3)


def draws(seed):
    return lambda block: np.random.default_rng([seed, block])


def race_of(ground, rules=RULES, kinds=RACERS, rate=0.01, seed=1):
    start = np.array(ground.start)
    return Race(ground, [make_racer(k, start, rate, rules, seed=(seed,)) for k in kinds], rules)


# The rules again, one number at a time and written apart, as the sources print them.


def momentum_of_polyak(x, slope, steps, *, rate, mu):
    """x_{k+1} = x_k − α ∇f(x_k) + β (x_k − x_{k−1}): the heavy ball, without a velocity."""
    before = list(x)
    for _ in range(steps):
        g = slope(x)
        x, before = (
            [
                one - rate * slant + mu * (one - last)
                for one, slant, last in zip(x, g, before, strict=True)
            ],
            x,
        )
    return x


def nesterov_of_sutskever(x, slope, steps, *, rate, mu):
    """v ← μ v − ε ∇f(x + μ v); x ← x + v: returns the ball x, and x + μ v where it looks ahead."""
    v = [0.0] * len(x)
    for _ in range(steps):
        g = slope([one + mu * fast for one, fast in zip(x, v, strict=True)])
        v = [mu * fast - rate * slant for fast, slant in zip(v, g, strict=True)]
        x = [one + fast for one, fast in zip(x, v, strict=True)]
    return x, [one + mu * fast for one, fast in zip(x, v, strict=True)]


def rmsprop_of_hinton(x, slope, steps, *, rate):
    s = [0.0] * len(x)
    for _ in range(steps):
        g = slope(x)
        s = [0.9 * mean + 0.1 * slant**2 for mean, slant in zip(s, g, strict=True)]
        x = [
            one - rate * slant / (math.sqrt(mean) + 1e-8)
            for one, slant, mean in zip(x, g, s, strict=True)
        ]
    return x


def adam_of_kingma(x, slope, steps, *, rate):
    """Algorithm 1: the corrections first, and ε beside the root of v̂."""
    m, v = [0.0] * len(x), [0.0] * len(x)
    for t in range(1, steps + 1):
        g = slope(x)
        m = [0.9 * mean + 0.1 * slant for mean, slant in zip(m, g, strict=True)]
        v = [0.999 * mean + 0.001 * slant**2 for mean, slant in zip(v, g, strict=True)]
        x = [
            one - rate * (first / (1 - 0.9**t)) / (math.sqrt(second / (1 - 0.999**t)) + 1e-8)
            for one, first, second in zip(x, m, v, strict=True)
        ]
    return x


def walk(kind, ground, steps, rate, mu=0.9):
    racer = Descender(kind, np.array(ground.start), rate=rate, momentum=mu)
    for _ in range(steps):
        racer.tell(ground.gradient(racer.ask()), 0.0)
    return racer


@pytest.mark.parametrize("ground", [bowl(30.0, 20.0), TWO["rosenbrock"]], ids=["bowl", "valley"])
def test_each_descender_goes_where_its_published_rule_goes(ground):
    steps, rate, start = 60, 4e-4, list(ground.start)

    def slope(x):
        return [float(one) for one in ground.gradient(np.array(x))]

    close = {"rtol": 1e-9, "atol": 1e-11}
    plain = momentum_of_polyak(start, slope, steps, rate=rate, mu=0.0)
    np.testing.assert_allclose(walk("sgd", ground, steps, rate).w, plain, **close)
    heavy = momentum_of_polyak(start, slope, steps, rate=rate, mu=0.8)
    np.testing.assert_allclose(walk("momentum", ground, steps, rate, 0.8).w, heavy, **close)
    ball, ahead = nesterov_of_sutskever(start, slope, steps, rate=rate, mu=0.8)
    racer = walk("nesterov", ground, steps, rate, 0.8)
    np.testing.assert_allclose(racer.w, ahead, **close)
    np.testing.assert_allclose(racer.state()["ball"], ball, **close)
    for kind, rule in (("rmsprop", rmsprop_of_hinton), ("adam", adam_of_kingma)):
        expected = rule(start, slope, steps, rate=0.05)
        np.testing.assert_allclose(walk(kind, ground, steps, 0.05).w, expected, **close)


def test_each_descender_goes_where_pytorchs_own_goes_for_100_steps():
    torch = pytest.importorskip("torch")
    ground, rate, scale = bowl(40.0, 0.0), 0.01, torch.tensor([1.0, 40.0], dtype=torch.float64)
    theirs = {
        "sgd": lambda p: torch.optim.SGD(p, lr=rate),
        "momentum": lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9),
        "nesterov": lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9, nesterov=True),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=rate, alpha=0.9, eps=1e-8),
        "adam": lambda p: torch.optim.Adam(p, lr=rate, betas=(0.9, 0.999), eps=1e-8),
    }
    for kind in DESCENDERS:
        w = torch.tensor(ground.start, dtype=torch.float64, requires_grad=True)
        optimizer = theirs[kind]([w])
        for _ in range(100):
            optimizer.zero_grad()
            ((scale * w**2).sum() / 2).backward()
            optimizer.step()
        ours = walk(kind, ground, 100, rate).w
        np.testing.assert_allclose(ours, w.detach().numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", DESCENDERS)
def test_an_update_that_is_shown_is_what_was_added(kind):
    ground = TWO["himmelblau"]
    racer = walk(kind, ground, 7, 0.002)
    state = racer.state()
    np.testing.assert_allclose(state["before"] + state["update"], racer.w, rtol=1e-12)
    np.testing.assert_allclose(state["dw"], ground.gradient(state["before"]), rtol=1e-12)


def test_epsilon_stands_beside_the_root_and_the_corrections_are_made_before():
    tiny = np.full(2, 1e-8)
    racer = Descender("adam", np.zeros(2), rate=1.0)
    racer.tell(tiny[None], 0.0)
    # m̂ = g and v̂ = g², so the first update is −η g / (|g| + ε): half of η where g = ε
    np.testing.assert_allclose(racer.w, -0.5, rtol=1e-12)


def test_annealing_follows_metropolis_and_cools_by_the_same_factor_each_time():
    ground = TWO["many_minima"]
    racer = Annealing(np.array(ground.start), rate=0.5, heat=0.7, rng=draws(3))
    neighbours = racer.ask()
    J = ground.value(neighbours)
    assert len(J) == racer.wants == 1 + FIRST
    racer.tell(J, 0.0)
    assert pytest.approx(0.7 * np.abs(J[1:] - J[0]).mean()) == racer.T
    seen = np.zeros(3, int)
    steps = 400
    for step in range(steps):
        w, J_now, T, sigma = racer.w.copy(), racer.J, racer.T, racer.sigma
        proposal = racer.ask()
        J_there = float(ground.value(proposal)[0])
        racer.tell(np.array([J_there]), (step + 1) / steps)
        np.testing.assert_allclose(proposal[0], w + sigma * racer.z)
        chance = 1.0 if J_there <= J_now else math.exp((J_now - J_there) / T)
        assert racer.chance == pytest.approx(chance)
        taken = racer.u < chance
        seen[(0 if J_there <= J_now else 1) if taken else 2] += 1
        np.testing.assert_array_equal(racer.w, proposal[0] if taken else w)
        assert pytest.approx(COLDEST ** (1 / steps)) == racer.T / T
        assert racer.sigma == pytest.approx(0.5 * math.sqrt(racer.T / racer.T0))
    assert seen.tolist() == racer.counts.tolist()
    assert seen.min() > 10


def test_a_generation_is_bred_by_tournament_blend_and_fading_mutations_and_keeps_its_best():
    ground = TWO["himmelblau"]
    racer = Genetic(np.array(ground.start), rate=0.8, rng=draws(5))
    first = racer.ask()
    assert len(first) == racer.wants == POPULATION
    np.testing.assert_array_equal(first[0], ground.start)
    racer.tell(ground.value(first), 0.0)
    for generation in range(1, 12):
        parents, J_parents = racer.population.copy(), racer.J_all.copy()
        assert (np.diff(J_parents) >= 0).all()
        asked = racer.ask()
        assert len(asked) == racer.wants == POPULATION - 1
        racer.tell(ground.value(asked), generation / 12)
        assert min(J_parents[0], ground.value(asked).min()) == racer.J
        a, b, u, z = racer.a, racer.b, racer.u, racer.z
        np.testing.assert_allclose(
            racer.population, parents[a] + u * (parents[b] - parents[a]) + z, atol=1e-12
        )
        np.testing.assert_allclose(racer.J_all, ground.value(racer.population))
        assert u.min() >= -BLEND
        assert u.max() <= 1 + BLEND
        assert racer.sigma == pytest.approx(0.8 * FINEST ** (generation / 12))
        assert not z[(a == 0) & (b == 0) & ~u.any(axis=1)].any()


def test_who_wins_a_tournament_is_lower_than_who_does_not():
    racer = Genetic(np.zeros(2), rate=1.0, rng=draws(1))
    racer.tell(np.arange(POPULATION, dtype=float), 0.0)
    chosen = []
    for generation in range(1, 60):
        racer.generation = generation
        a, b, _, _ = racer._breed()
        chosen += [*a[1:], *b[1:]]
    # of two drawn evenly, the lower number is k with the chance (2 (n − k) − 1) / n²
    counts = np.bincount(chosen, minlength=POPULATION) / len(chosen)
    wanted = (2 * (POPULATION - np.arange(POPULATION)) - 1) / POPULATION**2
    np.testing.assert_allclose(counts, wanted, atol=0.03)


class Counted:
    """A ground that counts what is asked of it."""

    def __init__(self, ground):
        self.ground, self.values, self.slopes = ground, 0, 0
        self.start = ground.start

    def value(self, w):
        self.values += w.size // w.shape[-1]
        return self.ground.value(w)

    def gradient(self, w):
        self.slopes += w.size // w.shape[-1]
        return self.ground.gradient(w)


@settings(max_examples=25)
@given(price=st.integers(1, 40), budget=st.integers(60, 400), kind=st.sampled_from(RACERS))
def test_nobody_uses_more_than_the_budget_and_everybody_as_much_as_it_allows(price, budget, kind):
    ground = Counted(bowl(10.0))
    rules = Rules(budget=budget, price=price, line=0.0)
    race = race_of(ground, rules, (kind,))
    looks = 1  # the referee's, at the start
    while not race.over:
        before = race.moves[0]
        race.advance(3)
        assert race.used[0] <= race.allowed <= budget
        looks += int(race.moves[0] - before) if kind in DESCENDERS else 0
    spent = price * ground.slopes + ground.values - looks
    assert race.used[0] == spent
    assert budget - race.used[0] < race._cost(0)


def test_a_step_gives_the_same_to_all():
    race = race_of(bowl(10.0))
    while not race.over:
        race.advance(3)
    assert race.used.tolist() == [300, 300, 300, 300, 300, 300, 298]
    assert race.moves.tolist() == [100, 100, 100, 100, 100, 300 - FIRST, 27]


def test_who_comes_to_the_line_and_leaves_it_again_has_not_arrived():
    ground = bowl(1.0, 0.0)
    rules = Rules(budget=300, price=3, line=0.05)
    race = race_of(ground, rules, ("momentum",), rate=0.05)
    seen = []
    while not race.over:
        race.advance(3)
        seen.append((race.used[0], race.J[0] <= rules.line, race.arrived[0]))
    stays = [under for _, under, _ in seen]
    last = len(stays) - stays[::-1].index(False)
    assert True in stays[:last]
    assert all(np.isnan(arrived) == (not under) for _, under, arrived in seen)
    assert seen[-1][2] == seen[last][0]


def test_who_runs_away_is_out_and_stands_where_it_stood():
    race = race_of(TWO["rosenbrock"], rate=0.5)
    while not race.over:
        race.advance(3)
    assert race.out[0]
    assert np.isfinite(race.J).all()
    assert race.J[0] == pytest.approx(float(TWO["rosenbrock"].value(race.racers[0].w)))
    assert race.moves[0] < race.moves[4]
    assert not race.out[RACERS.index("annealing")]


def test_ranks_are_by_arrival_then_by_height():
    race = race_of(bowl(10.0))
    race.arrived[:] = [np.nan, 60, np.nan, 30, np.nan, 60, np.nan]
    race.J[:] = [5, 0.2, 1, 0.3, 2, 0.1, 3]
    assert race.ranks().tolist() == [7, 3, 4, 1, 5, 2, 6]
    race.J[1] = 0.1
    assert race.ranks().tolist() == [7, 2, 4, 1, 5, 2, 6]
    assert race_of(bowl(10.0)).ranks().tolist() == [1] * len(RACERS)


@pytest.mark.parametrize("ground", [bowl(50.0), TWO["many_minima"]], ids=["bowl", "many"])
def test_a_race_goes_on_to_the_byte_from_what_it_saved(ground):
    first, other = race_of(ground), race_of(ground)
    for _ in range(30):
        first.advance(3)
    other.load(first.save())
    for _ in range(40):
        first.advance(3)
        other.advance(3)
    mine, theirs = first.save(), other.save()
    assert {name: one.tobytes() for name, one in mine.items()} == {
        name: one.tobytes() for name, one in theirs.items()
    }


def test_the_lowest_places_are_found():
    known = {"rosenbrock": 0, "himmelblau": 0, "saddle": -0.25, "many_minima": 0, "beale": 0}
    for name, lowest in known.items():
        assert lowest_known(TWO[name]) == pytest.approx(lowest, abs=1e-9)
    assert lowest_known(bowl(1000.0, 33.0)) == pytest.approx(0, abs=1e-12)


def test_the_search_finds_the_rate_at_which_the_race_is_shortest():
    ground = bowl(20.0, 0.0)
    start = np.array(ground.start)
    rules = Rules(budget=300, price=3, line=ending(ground, start, 1e-3).line)
    search = RateSearch(ground, start, ("sgd", "annealing"), rules, seed=4)
    done = [search.done]
    while not search.over:
        search.work()
        done.append(search.done)
    assert done == sorted(done)
    assert search.done == search.total == (1 + REPEATS) * (len(COARSE) + len(FINE))
    found = search.found["sgd"]
    arrived = {}
    for rate in (*COARSE, found.rate):
        race = Race(ground, [make_racer("sgd", start, rate, rules, seed=(1,))], rules)
        while not race.over:
            race.advance(3)
        arrived[rate] = np.inf if np.isnan(race.arrived[0]) else race.arrived[0]
    assert min(arrived.values()) == arrived[found.rate] == found.evaluations
    # the best rate on a bowl is 2 / (1 + 20), and from 2 / 20 on it diverges
    assert 0.07 < found.rate < 0.1


def test_a_network_as_a_ground_has_the_networks_loss_and_its_gradient():
    ground = SmallNetwork(3)
    w = np.array(ground.start) + 0.1
    network = ground.network
    network.theta[:] = w
    using = network.at(len(ground._x), "test")
    using.forward(ground._x)
    assert float(ground.value(w)) == using.loss(ground._y)
    slope = ground.gradient(np.stack([w, w + 1]))
    nudges = 1e-6 * np.eye(len(w))
    differences = (ground.value(w + nudges) - ground.value(w - nudges)) / 2e-6
    np.testing.assert_allclose(slope[0], differences, rtol=1e-5, atol=1e-8)
    assert ground.names[0] == "dense1.W[0, 0]"
    assert len(ground.names) == len(w)


def test_the_networks_plane_holds_the_start_and_the_scouts_end_and_says_what_it_holds():
    ground = SmallNetwork(3)
    np.testing.assert_allclose(ground.directions @ ground.directions.T, np.eye(2), atol=1e-12)
    assert ground.places(np.array(ground.start)).tolist() == [0, 0]
    assert ground.held(ground.center + 2 * ground.directions[1]) == pytest.approx(1)
    aside = np.random.default_rng(0).standard_normal(len(ground.names))
    aside -= ground.directions.T @ (ground.directions @ aside)
    assert ground.held(ground.center + aside) == pytest.approx(0, abs=1e-20)
    here = ground.shown(np.array([[1.0]]), np.array([[2.0]]))
    w = ground.center + ground.directions[0] + 2 * ground.directions[1]
    assert here[0, 0] == ground.value(w)


@pytest.fixture(scope="module")
def compared():
    comparison = Comparison(Rules(budget=300, price=3, line=0.0, heat=0.3), 1e-3, seed=1)
    while "bowl100" not in comparison.found:
        comparison.work()
    return comparison


def test_grounds_are_compared_one_by_one_and_what_is_known_is_not_measured_again(compared):
    assert list(compared.found) == ["bowl10", "bowl100"]
    assert 2 <= compared.done < compared.total == len(GROUNDS)
    assert not compared.over
    found = compared.found["bowl10"]
    best = min(found.values(), key=lambda one: (one.evaluations, one.J))
    assert found[compared.winner("bowl10")] == best
    assert compared.winner("network") is None
    again = Comparison(Rules(budget=300, price=3, line=0.0, heat=0.3), 1e-3, seed=1)
    again.work()
    again.work()
    assert again.found == compared.found
