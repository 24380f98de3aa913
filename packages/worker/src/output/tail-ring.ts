const lineFeed = 0x0a;

/** What a ring still has of what went into it. */
export interface Tail {
  /** At most two parts, one after the other. Lent. */
  readonly parts: readonly Uint8Array[];
  /** What was overwritten, and the rest of the line that the overwriting cut. */
  readonly missingBytes: number;
}

/**
 * The last bytes of what is pushed, in memory of a fixed size. Uncompressed: of output that is thrown away,
 * nothing should cost more than a copy.
 */
export class TailRing {
  readonly #bytesMax: number;
  #buffer: Buffer | undefined;
  #pushed = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(bytes: Uint8Array): void {
    const last = bytes.length > this.#bytesMax ? bytes.subarray(bytes.length - this.#bytesMax) : bytes;
    this.#pushed += bytes.length - last.length;
    if (last.length === 0) return;
    // Made when it is first needed: most logs are short. The system gives the memory page by page.
    this.#buffer ??= Buffer.allocUnsafeSlow(this.#bytesMax);
    const at = this.#pushed % this.#bytesMax;
    const untilEnd = Math.min(last.length, this.#bytesMax - at);
    this.#buffer.set(last.subarray(0, untilEnd), at);
    this.#buffer.set(last.subarray(untilEnd), 0);
    this.#pushed += last.length;
  }

  /** Begins at the start of a line where something is missing and there is such a start. */
  tail(): Tail {
    const buffer = this.#buffer;
    if (buffer === undefined) return { parts: [], missingBytes: this.#pushed };
    if (this.#pushed <= this.#bytesMax) return { parts: [buffer.subarray(0, this.#pushed)], missingBytes: 0 };
    const at = this.#pushed % this.#bytesMax;
    const parts = [buffer.subarray(at), buffer.subarray(0, at)];
    const cut = cutLineLength(parts);
    return { parts: dropFirst(parts, cut), missingBytes: this.#pushed - this.#bytesMax + cut };
  }
}

/** Up to and with the first line feed; 0 where nothing would be left. */
function cutLineLength(parts: readonly Buffer[]): number {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  let before = 0;
  for (const part of parts) {
    const at = part.indexOf(lineFeed);
    if (at !== -1) return before + at + 1 === length ? 0 : before + at + 1;
    before += part.length;
  }
  return 0;
}

function dropFirst(parts: readonly Buffer[], count: number): readonly Buffer[] {
  let left = count;
  return parts.map((part) => {
    const dropped = Math.min(left, part.length);
    left -= dropped;
    return part.subarray(dropped);
  });
}
