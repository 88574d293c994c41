"""A race of optimizers: all from one start, with equal numbers of evaluations, on any ground.

Longer than other files: an exhibit is one file, and this one publishes what seven racers remember.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from engine.data.library import Library
from engine.errors import InvalidValueError
from engine.exhibits.contract import Event, Exhibit
from engine.exhibits.controls import Value
from engine.exhibits.questions import Solution, judge
from engine.exhibits.race_controls import CONTROLS, NAMES, ground_of, rules_of, start_of
from engine.explain.arithmetic import constant, times
from engine.explain.ground import value_ledger
from engine.explain.ledger import Factor, Index, Ledger, Reference, Term
from engine.explain.race_arrows import Arrows, arrows_of
from engine.explain.racing import Racing, share_of
from engine.explain.simple import Operand, element, given
from engine.explain.spot import Spot
from engine.landscape.annealing import FIRST
from engine.landscape.comparison import GROUNDS, Comparison, ending
from engine.landscape.genetic import POPULATION
from engine.landscape.race import RACERS, Race, make_racer
from engine.landscape.racer import DESCENDERS, Descender
from engine.landscape.rates import RateSearch
from engine.landscape.small_network import SmallNetwork
from engine.landscape.surface import grid
from engine.snapshot import Array, Snapshot, freeze

PER_STEP = 3
"""Evaluations that every racer is given at each step; it saves what it cannot spend yet."""

SIDE = 61
SIDE_OF_NETWORK = 31
"""Places along each axis of the surface."""

REACH = 0.12
"""How long the longest arrow is drawn at least, of the surface's width."""

LOOK_AHEAD = 100
"""Updates of which a question counts the swings."""

SEEN = 0.01
"""Swings are counted that are higher than this share of the height at the start."""

SMALL_RATE, MANY_UPDATES = 1e-3, 2000
"""Of the descent that finds the floor of the hollow in which the start lies."""

OF_ONE_RATE, OF_OWN_RATES = DESCENDERS[:3], DESCENDERS[3:]
"""Those who have one rate for all weights, and those who have one for each."""

STATES = {
    "sgd": ("before", "dw", "update"),
    "momentum": ("before", "dw", "update", "v", "v_before"),
    "nesterov": ("before", "dw", "update", "v", "v_before", "ball"),
    "rmsprop": ("before", "dw", "update", "s", "s_before", "scale"),
    "adam": (
        *("before", "dw", "update", "m", "m_before", "v", "v_before", "t"),
        *("m_hat", "v_hat", "scale"),
    ),
    "annealing": (
        *("T", "T0", "sigma", "T_before", "sigma_before", "J_before", "J_proposed", "chance", "u"),
        *("before", "proposal", "z", "counts"),
    ),
    "genetic": (
        *("population", "J_all", "parents", "J_parents", "a", "b", "u", "mutation", "sigma"),
        "generation",
    ),
}
"""What each racer knows, by the names in its `state`."""

OF_RACERS = ("w", "J", "used", "moves", "arrived", "rank", "rate", "out")
RESULTS = (
    *(f"results.{kind}" for kind in RACERS),
    *(f"results.rate.{kind}" for kind in RACERS),
    "results.winner",
)
OF_THE_RACE = (
    *("start", "line", "lowest", "bet", "path.w", "path.J", "crowd", "arrows"),
    *("surface.J", "surface.w1", "surface.w2"),
    *(f"racers.{short}" for short in OF_RACERS),
)
PUBLISHES = (
    *OF_THE_RACE,
    *RESULTS,
    *(f"{kind}.{short}" for kind, shorts in STATES.items() for short in shorts),
)

GRADUAL = (
    *("arrows", "surface.J", "racers.arrived", *RESULTS),
    *(f"{kind}.{short}" for kind in DESCENDERS for short in ("before", "dw", "update")),
    *("rmsprop.scale", "adam.scale", "adam.m_hat", "adam.v_hat", "genetic.J_all"),
    "genetic.J_parents",
    *(f"annealing.{short}" for short in STATES["annealing"] if short not in ("sigma", "counts")),
)

NOTES = {
    "start": "where all of them begin",
    "path.w": "where this racer stood after so many steps, as the map has it",
    "path.J": "J where this racer stood after so many steps",
    "bet": "which racer was bet on, counted from 0; −1 is none",
    "surface.w1": "a place along the map's first axis",
    "surface.w2": "a place along the map's second axis",
    "lowest": "the lowest J found on a grid and by Newton's method from its lowest places; of a "
    "network, the 0 that its loss cannot go below",
    "racers.out": "1 for a racer that has run away to where J is no number any more",
    "racers.arrived": "after so many evaluations it came to the finishing line, and has stayed",
    "racers.rate": "set by its control: η, or σ for one that draws",
    "racers.moves": "how many moves it has made: updates, proposals or generations",
    "results.winner": "the first on this ground, by its number among the racers; −1: not measured",
}


class OptimizersRun:
    """One race.

    Parameters
    ----------
    values : mapping of str to value
        Checked, complete control values.
    seed : int
        Of what is drawn: proposals, mutations, and the small network with its samples.
    library : Library
    """

    def __init__(self, values: Mapping[str, Value], seed: int, library: Library) -> None:
        self._values = dict(values)
        self._seed = seed
        self._library = library
        self._ground = ground_of(values, seed)
        self._start = start_of(values, self._ground)
        self._tolerance = float(values["tolerance"])
        self._ending = ending(self._ground, self._start, self._tolerance)
        self._rules = rules_of(values, len(self._start), self._ending.line)
        self._race = self._fresh()
        self._racers = {racer.kind: racer for racer in self._race.racers}
        self._racing = Racing(self._ground, self._racers, self._start, self._share_used)
        self._paths = np.full((len(RACERS), 3, self.length + 1), np.nan, np.float32)
        self._bet = -1
        self.position = 0
        self._surface = self._drawn()
        self._note_path()
        self._search: RateSearch | None = None
        self._comparison: Comparison | None = None
        self._begin_comparison()
        self._questions: dict[str, Callable[[], Solution]] = {
            "first": self._first,
            "crossings": self._crossings,
            "turned": self._turned,
            "lowest": self._lowest,
        }

    @property
    def length(self) -> int:
        """How many steps it takes to spend the budget."""
        return -(-self._rules.budget // PER_STEP)

    def step(self) -> tuple[Event, ...]:
        """Give each racer a few evaluations more; at the end say who was first."""
        self.position += 1
        self._race.advance(PER_STEP)
        self._note_path()
        return (self._judged(),) if self.position == self.length else ()

    def scalars(self) -> Mapping[str, float]:
        """Return each racer's height above the lowest J known, and how far long work has come."""
        lowest = self._ending.lowest
        found = {
            f"height_{kind}": float(J) - lowest
            for kind, J in zip(RACERS, self._race.J, strict=True)
        }
        found["allowed"] = float(self._race.allowed)
        found["price"] = float(self._rules.price)
        found["parameters"] = float(len(self._start))
        found["line"] = self._ending.line
        if isinstance(self._ground, SmallNetwork):
            for kind, racer in self._racers.items():
                found[f"held_{kind}"] = self._ground.held(racer.w)
        if self.position == self.length:
            winner = int(self._race.ranks().argmin())
            found["winner"] = float(winner)
            if self._bet >= 0:
                found["bet_right"] = float(self._bet == winner)
        return found

    def snapshot(self, names: Collection[str] | None = None) -> Snapshot:
        """Return where everybody stands, what they remember, and what was found besides."""
        wanted = [name for name in PUBLISHES if names is None or name in names]
        arrows = self._arrows() if "arrows" in wanted else None
        arrays = self._arrays(wanted)
        progress: dict[str, float] = {}
        for name, work in (("search", self._search), ("results", self._comparison)):
            if work is not None:
                progress |= {f"{name}_done": work.done, f"{name}_total": float(work.total)}
        scalars = {**self.scalars(), **progress}
        if arrows is not None:
            scalars["arrows_times"], arrays["arrows"] = arrows.times, arrows.values()
        return freeze(self.position, scalars, {name: arrays[name] for name in wanted})

    def set(self, values: Mapping[str, Value]) -> None:
        """Look into another racer, or ask for the comparison of grounds."""
        self._values |= values
        self._begin_comparison()

    def act(self, name: str, args: Mapping[str, Any]) -> tuple[Event, ...]:
        """Bet on a racer, look for best rates, cancel that, or judge a prediction."""
        if name == "judge":
            return (judge(self._questions, args),)
        if name == "bet":
            self._place_bet(args.get("racer"))
        elif name == "cancel":
            self._search = None
        else:
            self._search = RateSearch(
                self._ground, self._start, _kinds(args.get("racer")), self._rules, seed=self._seed
            )
        return ()

    @property
    def busy(self) -> bool:
        """Whether rates are looked for, or grounds compared."""
        return self._search is not None or (
            self._comparison is not None and not self._comparison.over
        )

    def work(self) -> tuple[Event, ...]:
        """Do a bit of that."""
        search = self._search
        if search is None:
            if self._comparison is not None:
                self._comparison.work()
            return ()
        search.work()
        if not search.over:
            return ()
        self._search = None
        rates = {f"rate_{kind}": found.rate for kind, found in search.found.items()}
        return (Event("found", {"values": rates}),)

    def ledger(self, tensor: str, index: tuple[int, ...], *, page: int = 0) -> Ledger:
        """Return how a number came about."""
        if tensor not in PUBLISHES:
            raise InvalidValueError(f"tensor: expected a number of the race, got {tensor!r}")
        array = self._arrows().values() if tensor == "arrows" else self._arrays((tensor,))[tensor]
        index, value = element(tensor, array, index)
        if np.isnan(value):
            raise InvalidValueError(f"{tensor}{list(index)}: not there yet")
        head, _, short = tensor.partition(".")
        if head in STATES:
            return self._racing.state(head, short, array, index, page)
        if head == "racers":
            return self._of_racer(short, array, index, page)
        if head == "results":
            return self._result(tensor, array, index)
        if tensor == "surface.J" and not isinstance(self._ground, SmallNetwork):
            row, column = index
            where = Reference("surface.w1", (column,)), Reference("surface.w2", (row,))
            place = np.array([float(self._surface[one.tensor][one.index]) for one in where])
            return value_ledger(Spot(self._ground, place, where), tensor, index, value=value)
        if tensor in ("arrows", "crowd", "line"):
            return self._drawn_ledger(tensor, array, index)
        note = NOTES.get(tensor, "J of the network with the parameters of this place of the plane")
        return given(tensor, array, index, note)

    def save(self) -> dict[str, Array]:
        """Return how the race stands, and how it came there."""
        return {
            **self._race.save(),
            "position": np.array(self.position),
            "paths": self._paths[:, :, : self.position + 1].copy(),
            "bet": np.array(self._bet),
        }

    def load(self, state: Mapping[str, Array]) -> None:
        """Go back to a saved state."""
        self._race.load(state)
        self.position = int(state["position"])
        self._paths[:, :, : self.position + 1] = state["paths"]
        self._bet = int(state["bet"])

    def _fresh(self) -> Race:
        """Return the race before its first step."""
        rules = self._rules
        racers = [
            make_racer(
                kind,
                self._start,
                float(self._values[f"rate_{kind}"]),
                rules,
                seed=(self._seed, 6),
            )
            for kind in RACERS
        ]
        return Race(self._ground, racers, rules)

    def _drawn(self) -> dict[str, Array]:
        """Return the surface that is shown: of a network, a plane through its parameters."""
        if isinstance(self._ground, SmallNetwork):
            xs, ys = (np.linspace(low, high, SIDE_OF_NETWORK) for low, high in self._ground.bounds)
            J = self._ground.shown(*np.meshgrid(xs, ys))
        else:
            xs, ys, J = grid(self._ground, n=SIDE)
        arrays = {"surface.w1": xs, "surface.w2": ys, "surface.J": J}
        return {name: one.astype(np.float32) for name, one in arrays.items()}

    def _places(self, w: Array) -> Array:
        """Return where on the map parameters lie, of shape (..., d), as (..., 2)."""
        return self._ground.places(w) if isinstance(self._ground, SmallNetwork) else w

    def _note_path(self) -> None:
        here = self._paths[:, :, self.position]
        here[:, :2] = self._places(np.stack([racer.w for racer in self._race.racers]))
        here[:, 2] = self._race.J

    def _share_used(self, kind: str) -> float:
        return float(self._race.used[RACERS.index(kind)]) / self._rules.budget

    def _begin_comparison(self) -> None:
        if not self._values["results"]:
            self._comparison = None
        elif self._comparison is None:
            self._comparison = Comparison(
                self._rules,
                self._tolerance,
                seed=self._seed,
                by_parameters=self._values["price"] == "differences",
            )

    def _place_bet(self, kind: object) -> None:
        if kind not in RACERS:
            raise InvalidValueError(f"racer: expected one of {', '.join(RACERS)}, got {kind!r}")
        if self.position:
            raise InvalidValueError(
                f"racer: expected a bet before the first step; the race stands at {self.position}"
            )
        self._bet = RACERS.index(kind)

    def _judged(self) -> Event:
        """Return who was first, and what that makes of the bet."""
        winner, text = _told(self._race)
        bet = RACERS[self._bet] if self._bet >= 0 else None
        correct = None if bet is None else bet == winner
        return Event("raced", {"winner": winner, "bet": bet, "correct": correct, "text": text})

    def _arrays(self, wanted: Collection[str]) -> dict[str, Array]:
        """Return those arrays, and maybe others."""
        race, n = self._race, self.position + 1
        crowd = self._places(self._racers["genetic"].state()["population"])
        found: dict[str, Array] = {
            **self._surface,
            "start": self._start,
            "line": np.array([self._ending.line]),
            "lowest": np.array([self._ending.lowest]),
            "bet": np.array([self._bet], np.int32),
            "path.w": self._paths[:, :2, :n],
            "path.J": self._paths[:, 2, :n],
            "crowd": crowd,
            "racers.w": np.stack([racer.w for racer in race.racers]),
            "racers.J": race.J,
            "racers.used": race.used.astype(np.int32),
            "racers.moves": race.moves.astype(np.int32),
            "racers.arrived": race.arrived,
            "racers.rank": race.ranks().astype(np.int32),
            "racers.rate": np.array([float(self._values[f"rate_{kind}"]) for kind in RACERS]),
            "racers.out": race.out.astype(np.uint8),
        }
        if any(name.startswith("results.") for name in wanted):
            found |= self._results()
        for kind in {name.partition(".")[0] for name in wanted} & STATES.keys():
            state = self._racers[kind].state()
            found |= {f"{kind}.{short}": state[short] for short in STATES[kind]}
        return found

    def _arrows(self) -> Arrows:
        kind = str(self._values["racer"])
        if isinstance(self._ground, SmallNetwork) or self._race.out[RACERS.index(kind)]:
            return Arrows({})
        low, high = self._ground.bounds[0]
        return arrows_of(self._racers[kind], self._ground.gradient, REACH * (high - low))

    def _results(self) -> dict[str, Array]:
        found = self._comparison.found if self._comparison else {}
        arrays: dict[str, Array] = {}
        for kind in RACERS:
            for short, name in (("evaluations", kind), ("rate", f"rate.{kind}")):
                arrays[f"results.{name}"] = np.array(
                    [
                        getattr(found[one][kind], short) if one in found else np.nan
                        for one in GROUNDS
                    ]
                )
        winners = [self._comparison.winner(one) if self._comparison else None for one in GROUNDS]
        arrays["results.winner"] = np.array(
            [RACERS.index(one) if one else -1 for one in winners], np.int32
        )
        return arrays

    def _of_racer(self, short: str, array: Array, index: Index, page: int) -> Ledger:
        tensor, k, value = f"racers.{short}", index[0], float(array[index])
        kind = RACERS[k]
        race = self._race
        if short == "w":
            return self._racing.place(kind, tensor, index, value, out=bool(race.out[k]))
        if short == "J":
            where = Operand("racers.w", np.stack([one.w for one in race.racers]), k)
            return self._racing.height(tensor, index, value, where, page)
        if short == "used":
            return share_of(tensor, index, value, self._spent(kind), _spending(kind))
        if short == "rank":
            ahead = [one for one in range(len(RACERS)) if race.ranks()[one] < value]
            terms = (
                constant("1", 1.0),
                *(constant(rf"\text{{{RACERS[one]}}}", 1.0) for one in ahead),
            )
            note = "One more than there are ahead: who arrived earlier, else who stands lower."
            return share_of(tensor, index, value, terms, note)
        if short == "arrived" and value == 0:
            return given(tensor, array, index, "it began at the finishing line or below")
        return given(tensor, array, index, NOTES[tensor])

    def _spent(self, kind: str) -> tuple[Term, ...]:
        """Return what makes the evaluations that a racer has used."""
        moves = int(self._race.moves[RACERS.index(kind)])
        if kind in DESCENDERS:
            price = Factor(r"\text{a gradient}", float(self._rules.price))
            return (times(Factor(r"\text{moves}", float(moves)), price),)
        first, later = (1 + FIRST, 1) if kind == "annealing" else (POPULATION, POPULATION - 1)
        if not moves:
            return (constant("0", 0.0),)
        return (
            constant(r"\text{the first}", float(first)),
            times(Factor(r"\text{later moves}", moves - 1.0), Factor(r"\text{each}", float(later))),
        )

    def _result(self, tensor: str, array: Array, index: Index) -> Ledger:
        ground = list(GROUNDS)[index[0]]
        kind = tensor.rpartition(".")[2]
        if tensor == "results.winner":
            return given(tensor, array, index, NOTES[tensor])
        assert self._comparison is not None
        found = self._comparison.found[ground][kind]
        told = (
            f"after {found.evaluations:.0f} evaluations it is at the line"
            if np.isfinite(found.evaluations)
            else f"it does not come to the line within {self._rules.budget} evaluations"
        )
        note = f"{GROUNDS[ground]}, {NAMES[kind]}: at the best rate found, {found.rate:g}, {told}."
        return given(tensor, array, index, note)

    def _drawn_ledger(self, tensor: str, array: Array, index: Index) -> Ledger:
        value = float(array[index])
        if tensor == "arrows":
            return share_of(tensor, index, value, self._arrows().terms[index[0], index[1]], "")
        if tensor == "crowd":
            if isinstance(self._ground, SmallNetwork):
                return given(tensor, array, index, "one of the population, seen on the plane")
            one = Factor("p", value, "genetic.population", index)
            return share_of(tensor, index, value, (times(one),), "One of the population.")
        lowest, height = self._ending.lowest, float(self._ground.value(self._start))
        terms = (
            times(Factor(r"J_{\mathrm{lowest}}", lowest, "lowest", (0,))),
            times(Factor(r"\text{line}", self._tolerance), Factor(r"J_{\mathrm{start}}", height)),
            times(
                Factor(r"-\text{line}", -self._tolerance), Factor(r"J_{\mathrm{lowest}}", lowest)
            ),
        )
        note = "So much of the height of the start above the lowest place is left at the finish."
        return share_of(tensor, index, value, terms, note)

    def _run_on(self) -> Race:
        """Return the race as it ends, whatever step the stage shows."""
        race = self._fresh()
        while not race.over:
            race.advance(PER_STEP)
        return race

    def _first(self) -> Solution:
        """Answer who is first at these rates."""
        winner, text = _told(self._run_on())
        return Solution(winner, text)

    def _crossings(self) -> Solution:
        """Answer how often momentum crosses the floor of a valley that lies along w1."""
        if self._values["ground"] != "bowl" or self._values["angle"]:
            raise InvalidValueError("crossings: expected the bowl with its valley along w1")
        race = self._fresh()
        number = RACERS.index("momentum")
        heights = [float(race.racers[number].w[1])]
        while race.moves[number] < LOOK_AHEAD and not race.over:
            race.advance(PER_STEP)
            heights.append(float(race.racers[number].w[1]))
        seen = np.array(heights)[np.abs(heights) > SEEN * abs(heights[0])]
        count = int((seen[1:] * seen[:-1] < 0).sum())
        text = (
            f"In its first {race.moves[number]} updates it swings through the floor {count} times: "
            "it comes down one side, and its memory carries it up the other."
        )
        return Solution(count, text, max(2.0, 0.2 * count))

    def _turned(self) -> Solution:
        """Answer for whom the race changes when the bowl is turned by 45°."""
        if self._values["ground"] != "bowl":
            raise InvalidValueError("turned: expected the bowl")
        needed = []
        for angle in (0.0, 45.0):
            values = {**self._values, "angle": angle, "start": "", "results": False}
            run = OptimizersRun(values, self._seed, self._library)
            needed.append(run._run_on().arrived[: len(DESCENDERS)])
        pairs = list(zip(DESCENDERS, *needed, strict=True))
        close = 2.0 * self._rules.price
        changed = [
            kind
            for kind, one, other in pairs
            if not np.isclose(one, other, rtol=0, atol=close, equal_nan=True)
        ]
        answers = {(): "none", OF_ONE_RATE: "gradient", OF_OWN_RATES: "own", DESCENDERS: "all"}
        told = ", ".join(
            f"{NAMES[kind]} {_needed(one)}, {_needed(two)}" for kind, one, two in pairs
        )
        return Solution(
            answers.get(tuple(changed), "some"),
            f"Evaluations to the line, straight and turned: {told}. Who has one rate for all "
            "weights does not notice which way they lie; who has a rate for each does.",
        )

    def _lowest(self) -> Solution:
        """Answer whether one who goes by the slope gets below the minimum next to the start."""
        scout = Descender("sgd", self._start, rate=SMALL_RATE)
        for _ in range(MANY_UPDATES):
            scout.tell(self._ground.gradient(scout.ask()), 0.0)
        floor = float(self._ground.value(scout.w))
        race = self._run_on()
        below = [
            NAMES[kind]
            for kind, one in zip(DESCENDERS, race.J, strict=False)
            if one < floor - self._tolerance * abs(floor)
        ]
        who = f"{', '.join(below)} got lower" if below else "none of the five gets lower"
        text = f"The floor of the hollow in which they begin is at J = {floor:.4g}; {who}."
        return Solution("yes" if below else "no", text)


def _told(race: Race) -> tuple[str, str]:
    """Return who was first, and that in words."""
    ranks = race.ranks()
    order = np.argsort(ranks)
    k = int(order[0])
    winner, name = RACERS[k], NAMES[RACERS[k]]
    if np.isnan(race.arrived[k]):
        text = (
            f"Nobody came to the finishing line. {name} stands lowest: J = {race.J[k]:.4g} after "
            f"{race.rules.budget} evaluations."
        )
    else:
        arrived = [f"{NAMES[RACERS[int(i)]]} {race.arrived[i]:.0f}" for i in order]
        there = [one for one, i in zip(arrived, order, strict=True) if race.arrived[i] >= 0]
        text = f"{name} was first. Evaluations to the line: {', '.join(there)}."
    return winner, text


def _needed(evaluations: float) -> str:
    return "never" if np.isnan(evaluations) else f"{evaluations:.0f}"


def _kinds(kind: object) -> tuple[str, ...]:
    """Return whose rates are to be looked for."""
    if kind is None:
        return RACERS
    if kind not in RACERS:
        raise InvalidValueError(f"racer: expected one of {', '.join(RACERS)}, got {kind!r}")
    return (str(kind),)


def _spending(kind: str) -> str:
    if kind in DESCENDERS:
        return "A move is an update, and takes one gradient."
    if kind == "annealing":
        return "At first it looks at the start and its neighbours; then a move is one proposal."
    return "At first it looks at all of its population; then at all but the best, which is known."


EXHIBIT = Exhibit(
    slug="optimizers",
    title="A race of optimizers",
    hall="learning",
    promise="You will be able to say what each optimizer remembers, what that does on a given "
    "ground, and why there is no best one.",
    controls=CONTROLS,
    publishes=PUBLISHES,
    build=OptimizersRun,
    actions=("bet",),
    questions=("judge", "search", "cancel"),
    history=tuple(f"height_{kind}" for kind in RACERS),
    gradual=GRADUAL,
    rate=20.0,
)
