/**
 * What was made with some effort, kept for the next who asks, up to `bytesMax` together; what was used
 * longest ago goes first. Who asks while it is being made waits for the same making. A failure is not kept.
 */
export class BytesCache<Value> {
  readonly #bytesMax: number;
  readonly #entries = new Map<string, { readonly value: Promise<Value>; readonly bytes: number }>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `bytes`: how large the value will be. */
  get(key: string, bytes: number, make: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value;
    }
    const value = make();
    this.#add(key, value, bytes);
    return value;
  }

  #add(key: string, value: Promise<Value>, bytes: number): void {
    const entry = { value, bytes };
    this.#entries.set(key, entry);
    this.#bytes += bytes;
    value.catch(() => {
      if (this.#entries.get(key) === entry) this.#remove(key, bytes);
    });
    for (const [oldest, { bytes: oldBytes }] of this.#entries) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#remove(oldest, oldBytes);
    }
  }

  #remove(key: string, bytes: number): void {
    this.#entries.delete(key);
    this.#bytes -= bytes;
  }
}
