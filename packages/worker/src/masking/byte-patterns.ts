/** A pattern that was found: where it begins, and where it ends. */
export interface Found {
  readonly from: number;
  readonly to: number;
}

const blocks = 65_536;
/** What one byte of the table can hold. */
const windowMax = 256;

/**
 * Patterns of bytes, all searched for at once. The search is that of Wu and Manber ("A fast algorithm for multi-pattern
 * searching", 1994) over blocks of two bytes: it looks at one place of `window` bytes, the length of the shortest
 * pattern, and mostly goes on by as much.
 */
export class BytePatterns {
  /** The longest pattern's length. */
  readonly bytesMax: number;
  readonly #patterns: readonly Buffer[];
  readonly #window: number;
  /** By the last two bytes of a window: how far it can be moved on. */
  readonly #shifts: Uint8Array;
  /** By the last two bytes of a window, where that is 0: the patterns that it may be of, longest first. */
  readonly #byLastBlock = new Map<number, readonly Buffer[]>();
  /** By their first two bytes: longest first. */
  readonly #byFirstBlock = new Map<number, readonly Buffer[]>();
  readonly #beginsBlock = new Uint8Array(blocks);
  readonly #beginsByte = new Uint8Array(256);

  /** Each has two bytes at least. */
  constructor(patterns: readonly Uint8Array[]) {
    this.#patterns = patterns
      .map((pattern) => Buffer.from(pattern))
      .sort((left, right) => right.length - left.length);
    this.bytesMax = this.#patterns[0]?.length ?? 0;
    this.#window = Math.min(windowMax, this.#patterns.at(-1)?.length ?? 2);
    this.#shifts = new Uint8Array(blocks).fill(this.#window - 1);
    for (const pattern of this.#patterns) this.#enter(pattern);
  }

  /**
   * The first pattern that begins at `from` or behind it, and before `before`; of several at one place the longest.
   */
  find(bytes: Buffer, from: number, before: number): Found | undefined {
    const window = this.#window;
    const shifts = this.#shifts;
    const end = Math.min(bytes.length, before + window - 1);
    let last = from + window - 1;
    while (last < end) {
      const block = ((bytes[last - 1] ?? 0) << 8) | (bytes[last] ?? 0);
      const shift = shifts[block] ?? 0;
      if (shift > 0) {
        last += shift;
        continue;
      }
      const start = last - window + 1;
      for (const pattern of this.#byLastBlock.get(block) ?? [])
        if (isAt(bytes, start, pattern)) return { from: start, to: start + pattern.length };
      last += 1;
    }
    return undefined;
  }

  /** Where the bytes at the end begin that may be the beginning of a pattern; the length where there are none. */
  beginningAtEnd(bytes: Buffer): number {
    const end = bytes.length;
    const beginsBlock = this.#beginsBlock;
    for (let start = Math.max(0, end - this.bytesMax + 1); start < end - 1; start++) {
      const block = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
      if (beginsBlock[block] === 0) continue;
      for (const pattern of this.#byFirstBlock.get(block) ?? []) {
        if (pattern.length <= end - start) break;
        if (bytes.compare(pattern, 0, end - start, start, end) === 0) return start;
      }
    }
    return end > 0 && this.#beginsByte[bytes[end - 1] ?? 0] !== 0 ? end - 1 : end;
  }

  #enter(pattern: Buffer): void {
    const window = this.#window;
    for (let last = 1; last < window; last++) {
      const block = ((pattern[last - 1] ?? 0) << 8) | (pattern[last] ?? 0);
      const shift = window - 1 - last;
      if (shift < (this.#shifts[block] ?? 0)) this.#shifts[block] = shift;
      if (last === window - 1) add(this.#byLastBlock, block, pattern);
    }
    const first = ((pattern[0] ?? 0) << 8) | (pattern[1] ?? 0);
    add(this.#byFirstBlock, first, pattern);
    this.#beginsBlock[first] = 1;
    this.#beginsByte[pattern[0] ?? 0] = 1;
  }
}

function add(map: Map<number, readonly Buffer[]>, block: number, pattern: Buffer): void {
  map.set(block, [...(map.get(block) ?? []), pattern]);
}

function isAt(bytes: Buffer, start: number, pattern: Buffer): boolean {
  const end = start + pattern.length;
  return end <= bytes.length && bytes.compare(pattern, 0, pattern.length, start, end) === 0;
}
