/** One thing that keys do: `keys` is one key (`j`) or two after each other (`g b`). */
export interface Binding {
  readonly keys: string;
  readonly label: string;
  readonly act: () => void;
}

/** The second key of two must follow so soon. */
const pairMs = 1_200;

/** Finds what a key means, remembering a first key of two. */
export class KeyReader {
  #first: { readonly key: string; readonly at: number } | undefined;

  /** The binding that is complete with this key, if any. The last of the same keys wins: the innermost. */
  press(key: string, at: number, bindings: readonly Binding[]): Binding | undefined {
    const first = this.#first !== undefined && at - this.#first.at <= pairMs ? this.#first.key : undefined;
    this.#first = undefined;
    const pair =
      first === undefined ? undefined : bindings.findLast(({ keys }) => keys === `${first} ${key}`);
    if (pair !== undefined) return pair;
    if (bindings.some(({ keys }) => keys.startsWith(`${key} `))) {
      this.#first = { key, at };
      return undefined;
    }
    return bindings.findLast(({ keys }) => keys === key);
  }
}
