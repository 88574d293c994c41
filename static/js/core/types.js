/**
 * The plain data that travels between the modules: types only, no code.
 *
 * @typedef {Float32Array | Float64Array | Int32Array | Uint8Array} TypedArray
 *
 * @typedef {object} Tensor
 * @property {string} name  as in the engine and in the lesson: `conv1.W`
 * @property {string} dtype  `<f4`, `<f8`, `<i4` or `|u1`
 * @property {number[]} shape  usual order: batch, channels, rows, columns
 * @property {TypedArray} data  a view over the message, rows innermost last; read only
 *
 * @typedef {object} Frame  one moment of a run, as the server sent it
 * @property {number} run  grows at each reset, fork and switch
 * @property {number} root  the same for all lines that one reset began: colours may stay
 * @property {number} seq  what `ack` answers
 * @property {number} step
 * @property {number} head  the furthest step made so far
 * @property {boolean} playing
 * @property {Record<string, number>} scalars  finite numbers only
 * @property {Moment | null} moment  which one it shows, in slow motion
 * @property {Map<string, Tensor>} arrays  the watched ones, by name
 *
 * @typedef {object} Moment  one sub-step of an opened step
 * @property {number} index  from 0, of the `count` moments of the step
 * @property {number} count
 * @property {string} phase  `batch`, `forward`, `loss`, `backward` or `update`
 * @property {string} caption  what happens, with the numbers
 * @property {string} mathml  empty without a formula
 * @property {string} code  as NumPy; empty where that is more than a line
 * @property {Record<string, string>} names  in `code`, and the tensors that they stand for
 * @property {string[]} tensors  what it computes
 * @property {string[]} made  what has been computed by it or before, in order
 * @property {string[]} pending  what will be
 * @property {[phase: string, count: number][]} phases  in order
 * @property {{place: number, of: number, number: number}} sample  the one on the stage: its place in
 *   the minibatch, and its number in the training set
 *
 * @typedef {boolean | number | string} Value
 * @typedef {Record<string, Value>} Values
 * @typedef {Record<string, Record<string, unknown>>} Looks  arguments by the action: of those that
 *   only look the newest, and what was brought for the run, such as a table
 * @typedef {[step: number, values: Values]
 *   | [step: number, action: string, args: Record<string, unknown>]} Change  live controls that were
 *   set at that step, or an action that was taken there
 *
 * @typedef {object} ControlShared
 * @property {string} name
 * @property {string} label
 * @property {string} help
 * @property {"live" | "reset" | "view"} effect
 * @property {boolean} advanced
 * @property {Record<string, string[]>} when  what other controls must be set to for it to mean anything
 *
 * @typedef {{value: string, label: string, unavailable: string | null}} Option
 * @typedef {ControlShared & {kind: "choice", default: string, options: Option[]}} ChoiceControl
 * @typedef {ControlShared & {kind: "slider", default: number, low: number, high: number,
 *   step: number, scale: "linear" | "log", integer: boolean, unit: string}} SliderControl
 * @typedef {ControlShared & {kind: "toggle", default: boolean}} ToggleControl
 * @typedef {ControlShared & {kind: "text", default: string, longest: number}} TextControl
 * @typedef {ChoiceControl | SliderControl | ToggleControl | TextControl} Control
 *
 * @typedef {object} Welcome
 * @property {"welcome"} kind
 * @property {number} version
 * @property {string} session  the token that resumes this session
 * @property {boolean} resumed
 * @property {{slug: string, title: string, hall: string, promise: string,
 *   publishes: string[], rate: number | null, actions: string[], view_actions: string[],
 *   brings: Record<string, Values>}} exhibit  `brings`: actions, and the values that use what each brought
 * @property {Control[]} controls
 * @property {Values} values
 * @property {Change[]} changes
 * @property {Looks} looks
 * @property {number} seed
 * @property {number} run
 * @property {number} step
 * @property {number} head
 * @property {number | null} length  of a finite run
 * @property {boolean} playing
 * @property {boolean | null} slow  whether steps are opened up; null where they cannot be
 * @property {number} cap  the most steps of one run
 *
 * @typedef {{kind: "event", name: string, run: number, step: number,
 *   data: Record<string, any>}} RunEvent
 * @typedef {{kind: "error", code: string, text: string, fatal: boolean,
 *   field?: string, id?: number, said?: boolean}} ServerError  `id`: of the `explain` that it
 *   answers; `said`: a view says it next to where it was asked for
 * @typedef {{kind: "pong", t: number}} Pong
 *
 * @typedef {{tensor: string, index: number[]}} Reference  one number of one tensor
 * @typedef {{value: number | null, nonfinite?: string}} Quantity  null: `nonfinite` says which
 * @typedef {Quantity & {symbol: string, tensor?: string, index?: number[],
 *   of?: number | null}} Factor  `of`: the element's own value, where the factor is a function of it
 * @typedef {Quantity & {factors: Factor[]}} Term  the product of its factors
 *
 * @typedef {object} LedgerFields
 * @property {"ledger"} kind
 * @property {number} id  of the `explain` that it answers
 * @property {number} run
 * @property {number} step
 * @property {string} tensor
 * @property {number[]} index
 * @property {"sum" | "max" | "mean" | "function"} combine
 * @property {string | null} function
 * @property {Term[]} terms  of the page that was asked for
 * @property {Quantity & {count: number}} rest  the terms that are not listed, combined
 * @property {number} [page]  which of the terms' `pages` this is, from 0; the largest come first
 * @property {number} [pages]
 * @property {string} mathml
 * @property {string} code  a line of NumPy
 * @property {Record<string, string>} [symbols]  names in `code`, and the tensors they stand for
 * @property {string} [note]  where the arithmetic does not say all: ties, padding, data
 * @property {Reference[]} feeds  where the number goes
 * @typedef {Quantity & LedgerFields} Ledger
 *
 * @typedef {[before: Value | null, after: Value | null]} Turn  of a control; nulls for an action
 * @typedef {object} LineState  one of several runs side by side
 * @property {number} line  its id
 * @property {string} name  A, B, C, …
 * @property {boolean} pinned
 * @property {number | null} parent  the line it was forked from
 * @property {number} step  where it left its parent
 * @property {number} head  of the line on the stage, as it was when this was told
 * @property {[step: number, turns: Record<string, Turn>][]} changes  what makes it another one
 * @property {Record<string, (number | null)[]>} course  its scalars, over `step`
 *
 * @typedef {object} LinesState
 * @property {number} current
 * @property {LineState[]} lines  the oldest first
 * @property {{a: number, b: number, step: number | null}[]} differences  where two first differ
 *
 * @typedef {object} Compared
 * @property {"compared"} kind
 * @property {number} id  of the `compare` that it answers
 * @property {number} run
 * @property {number} step
 * @property {{line: number, scalars: Record<string, number> | null,
 *   numbers: (Quantity | null)[]}[]} lines  null: the line has not come so far
 * @typedef {Welcome | RunEvent | ServerError | Pong | Ledger | Compared} ServerMessage
 *
 * @typedef {object} Hello
 * @property {"hello"} kind
 * @property {1} version
 * @property {Values} [values]
 * @property {number} [seed]
 * @property {number} [step]
 * @property {Change[]} [changes]
 * @property {Looks} [looks]
 * @property {string} [resume]
 *
 * @typedef {Hello
 *   | {kind: "watch", names: string[]}
 *   | {kind: "play", rate?: number}
 *   | {kind: "pause"}
 *   | {kind: "step", n: number, moments?: true}
 *   | {kind: "slow", on: boolean, sample?: number}
 *   | {kind: "seek", step: number}
 *   | {kind: "set", values: Values}
 *   | {kind: "reset", values?: Values, seed?: number}
 *   | {kind: "fork", step: number, values: Values}
 *   | {kind: "switch", line: number}
 *   | {kind: "pin", line: number | null, pinned: boolean}
 *   | {kind: "drop", line: number}
 *   | {kind: "compare", id: number, numbers: Reference[], step?: number}
 *   | {kind: "act", name: string, args: Record<string, unknown>}
 *   | {kind: "explain", id: number, tensor: string, index: readonly number[], page?: number,
 *     terms?: number}
 *   | {kind: "ack", seq: number}
 *   | {kind: "ping", t: number}} Command
 *
 * @typedef {object} Connection  what the page says about its socket
 * @property {"connecting" | "open" | "waiting" | "failed"} state
 * @property {number} [seconds]  until the next attempt, while waiting
 * @property {string} [text]  why, fit for people
 *
 * @typedef {object} UrlState  what a copied link carries
 * @property {Values} values  those that differ from their defaults
 * @property {number | null} seed
 * @property {number | null} step
 * @property {Change[]} changes
 * @property {number | null} beat  counted from 1
 * @property {Reference | null} pick  the number whose ledger is open
 * @property {string[]} hide  the controls that the page leaves out, by name
 * @property {string} more  what is packed
 * @property {Looks} looks  out of `more`
 *
 * @typedef {object} Pick  the number whose ledger is open
 * @property {string} tensor
 * @property {number[]} index
 * @property {number} value  as it was when picked
 * @property {number} [step]  when that was
 * @property {string} [label]  what the view calls the tensor
 *
 * @typedef {object} ExhibitView  what an exhibit's `mount` hands back
 * @property {(frame: Frame) => void} paint  at most once per animation frame; allocates nothing
 * @property {(event: RunEvent) => void} [event]
 *
 * @typedef {object} ExhibitModule  the default export of `static/js/exhibits/<slug>.js`
 * @property {string[] | null} watch  the arrays this page draws; null for all that are published
 * @property {(stage: HTMLElement, page: import("./page.js").Page) => ExhibitView} mount
 */

export {};
