/**
 * Does together what is asked for in one turn: what several slots have brought is read from an agent's socket in one,
 * and one operation for all of it spares the store, its thread and the main one a message each.
 */
export class OneTurn<Item, Answer> {
  readonly #act: (items: readonly Item[]) => Promise<readonly Answer[]>;
  #waiting: { readonly item: Item; readonly settle: PromiseWithResolvers<Answer> }[] = [];

  /** @param act answers in the order of the items; what it throws, it throws to all of them */
  constructor(act: (items: readonly Item[]) => Promise<readonly Answer[]>) {
    this.#act = act;
  }

  add(item: Item): Promise<Answer> {
    const settle = Promise.withResolvers<Answer>();
    this.#waiting.push({ item, settle });
    if (this.#waiting.length === 1) queueMicrotask(() => void this.#go());
    return settle.promise;
  }

  async #go(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    try {
      const answers = await this.#act(asked.map(({ item }) => item));
      for (const [index, { settle }] of asked.entries()) settle.resolve(answers[index] as Answer);
    } catch (error) {
      for (const { settle } of asked) settle.reject(error);
    }
  }
}
