/**
 * The order in which one worker's words reach the store, across all its connections to this master.
 * Shared work (the records of different builds) goes side by side; exclusive work (a hello) waits until all
 * that came before is committed and holds up what comes after: so a hello is answered with positions that no
 * earlier record can still move.
 */
export class WorkerLane {
  #gate: Promise<unknown> = Promise.resolve();
  readonly #under = new Set<Promise<unknown>>();

  shared<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    return this.#track(this.#gate.then(work));
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
