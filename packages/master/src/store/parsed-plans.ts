import type { PlannedSteps } from '../model/journal-state.ts';

/** Characters of the plans that are kept, as they stand in the store: some hundred of a usual length. */
const charactersMax = 1024 ** 2;

/**
 * Plans that were parsed, by their hashes, which name what they say: one never becomes another. The records of builds
 * that have the same plan are judged by one reading of it (of 37 steps that is 35 us, and 7 KB out of the database).
 */
export class ParsedPlans {
  readonly #plans = new Map<string, { readonly plan: PlannedSteps; readonly characters: number }>();
  #characters = 0;

  get(hash: string): PlannedSteps | undefined {
    return this.#plans.get(hash)?.plan;
  }

  /** @param text the plan's, as JSON */
  add(hash: string, text: string): PlannedSteps {
    const known = this.get(hash);
    if (known !== undefined) return known;
    const plan = JSON.parse(text) as PlannedSteps;
    this.#plans.set(hash, { plan, characters: text.length });
    this.#characters += text.length;
    for (const [oldest, { characters }] of this.#plans) {
      if (this.#characters <= charactersMax) break;
      this.#plans.delete(oldest);
      this.#characters -= characters;
    }
    return plan;
  }
}
