/** Facts told by name to whoever listens. */

/** @typedef {(detail: any) => void} Listener */

export class Emitter {
  /** @type {Map<string, Set<Listener>>} */
  #listeners = new Map();

  /**
   * @param {string} name
   * @param {Listener} listener
   * @param {{signal?: AbortSignal}} [options]  aborting the signal ends the listening
   */
  on(name, listener, { signal } = {}) {
    if (signal?.aborted) return;
    let listeners = this.#listeners.get(name);
    if (!listeners) this.#listeners.set(name, (listeners = new Set()));
    listeners.add(listener);
    signal?.addEventListener("abort", () => listeners.delete(listener), { once: true });
  }

  /**
   * @param {string} name
   * @param {unknown} detail
   */
  emit(name, detail) {
    for (const listener of this.#listeners.get(name) ?? []) listener(detail);
  }
}
