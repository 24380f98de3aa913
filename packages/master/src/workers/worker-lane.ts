/** So many calls are patient after one failed: some minutes of a busy worker. */
const apartCalls = 1_000;

/**
 * The order in which one worker's words reach the store, across all its connections to this master.
 * Shared work (the records of different builds) goes side by side; exclusive work (a hello) waits until all
 * that came before is committed and holds up what comes after: so a hello is answered with positions that no
 * earlier record can still move.
 */
export class WorkerLane {
  #gate: Promise<unknown> = Promise.resolve();
  readonly #under = new Set<Promise<unknown>>();
  #apart = 0;

  shared<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return this.#track(this.#gate.then(work));
  }

  /**
   * Shared work on several things, in one piece. Where that threw, the next calls do it for each by itself: one that the
   * store cannot take comes again, and must not keep the others for ever.
   */
  together<Item, Answer>(
    items: readonly Item[],
    work: (items: readonly Item[]) => Promise<readonly Answer[]>,
  ): Promise<readonly Answer[]> {
    return this.shared(async () => {
      if (items.length > 1 && this.#apart > 0) {
        this.#apart--;
        return (await Promise.all(items.map((item) => work([item])))).flat();
      }
      try {
        return await work(items);
      } catch (error) {
        if (items.length > 1) this.#apart = apartCalls;
        throw error;
      }
    });
  }

  exclusive<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const earlier = [...this.#under];
    const done = this.#track(this.#gate.then(() => Promise.allSettled(earlier)).then(work));
    this.#gate = settled(done);
    return done;
  }

  /** Resolves when all that was queued up to now is through. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#under);
  }

  #track<Answer>(done: Promise<Answer>): Promise<Answer> {
    const entry: Promise<unknown> = settled(done).then(() => this.#under.delete(entry));
    this.#under.add(entry);
    return done;
  }
}

function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}
