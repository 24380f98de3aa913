/** Acts on one thing follow each other; those on others go beside them. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  do<Answer>(key: string, act: () => Promise<Answer>): Promise<Answer> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const answer = before.then(act, act);
    const settled = answer.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return answer;
  }
}
