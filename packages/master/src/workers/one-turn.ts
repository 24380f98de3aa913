/**
 * Does together what is asked for in one turn: what several slots have brought is read from an agent's socket in one,
 * and one operation for all of it spares the store, its thread and the main one a message each.
 */
export class OneTurn<Item, Answer> {
  readonly #afterRead: (act: () => void) => void;
  readonly #act: (items: readonly Item[]) => Promise<readonly Answer[]>;
  #waiting: { readonly item: Item; readonly settle: PromiseWithResolvers<Answer> }[] = [];

  /**
   * @param afterRead calls back when the turn is over, by its own measure: Node reads a socket by 64 KiB, and sixteen
   * followed logs bring up to three times that at once, which was as many operations
   * @param act answers in the order of the items; what it throws, it throws to all of them
   */
  constructor(
    afterRead: (act: () => void) => void,
    act: (items: readonly Item[]) => Promise<readonly Answer[]>,
  ) {
    this.#afterRead = afterRead;
    this.#act = act;
  }

  add(item: Item): Promise<Answer> {
    const settle = Promise.withResolvers<Answer>();
    this.#waiting.push({ item, settle });
    if (this.#waiting.length === 1) this.#afterRead(() => void this.#go());
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
