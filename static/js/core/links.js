/**
 * Linked names: what stands for the same tensor lights up together. Elements say which tensor they
 * stand for with `data-tensor`; those that are lit carry `data-lit`.
 */

export class Links {
  #root;
  /** @type {string | null} under the pointer or focused */
  #pointed = null;
  /** @type {readonly string[]} marked by the lesson */
  #marked = [];
  /** What lights instead of those, while a step is opened up. @type {readonly string[] | null} */
  #shown = null;
  /** What a tensor is called on the stage: the minibatch's may stand there, too. */
  called = (/** @type {string} */ name) => name;

  /**
   * @param {ParentNode & EventTarget} root
   * @param {AbortSignal} [signal]
   */
  constructor(root, signal) {
    this.#root = root;
    /** @param {Event} event */
    const point = (event) => this.focus(tensorOf(event.target));
    root.addEventListener("pointerover", point, { signal });
    root.addEventListener("focusin", point, { signal });
    root.addEventListener("pointerleave", () => this.focus(null), { signal });
    root.addEventListener("focusout", () => this.focus(null), { signal });
  }

  /**
   * Light one tensor until another is pointed at.
   *
   * @param {string | null} name
   */
  focus(name) {
    if (name === this.#pointed) return;
    this.#pointed = name;
    this.#light();
  }

  /**
   * Keep these tensors lit, instead of those marked before.
   *
   * @param {readonly string[]} names
   */
  mark(names) {
    this.#marked = names;
    this.#light();
  }

  /** @param {readonly string[] | null} names  instead of those marked; null: those again */
  spotlight(names) {
    if (names?.join() === this.#shown?.join()) return;
    this.#shown = names;
    this.#light();
  }

  /** Elements have come that were not there when the tensors were lit. */
  refresh() {
    this.#light();
  }

  #light() {
    const pointed = this.#pointed === null ? null : this.called(this.#pointed);
    const marked = this.#shown ?? this.#marked;
    for (const element of this.#root.querySelectorAll("[data-tensor]")) {
      const name = this.called(element.getAttribute("data-tensor") ?? "");
      element.toggleAttribute("data-lit", name === pointed || marked.includes(name));
    }
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {string | null}
 */
function tensorOf(target) {
  const element = target instanceof Element ? target.closest("[data-tensor]") : null;
  return element ? element.getAttribute("data-tensor") : null;
}
