import type { BytePatterns } from './byte-patterns.ts';

/** What stands for a secret. */
const mask = '***';
const maskBytes = Buffer.from(mask);
const nothing = Buffer.alloc(0);

/**
 * Masks secrets in a stream of bytes. Bytes that may be the beginning of one are held back until what follows tells;
 * secrets that overlap are masked as one.
 */
export class Redactor {
  readonly #patterns: BytePatterns;
  readonly #emit: (bytes: Uint8Array) => void;
  /** The end of what has come, which may be the beginning of a secret. */
  #held: Buffer = nothing;
  /** So much of it is part of a secret that has been masked. */
  #masked = 0;

  /** `emit` is only lent the bytes. */
  constructor(patterns: BytePatterns, emit: (bytes: Uint8Array) => void) {
    this.#patterns = patterns;
    this.#emit = emit;
  }

  /** The bytes are only lent. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const data = this.#held.length === 0 ? view : Buffer.concat([this.#held, view]);
    const certain = this.#patterns.beginningAtEnd(data);
    const masked = this.#pass(data, certain);
    // A copy: what was lent is overwritten.
    this.#held = certain === data.length ? nothing : Buffer.from(data.subarray(certain));
    this.#masked = Math.max(0, masked - certain);
  }

  /** Nothing follows for now: what was held back was no secret. */
  flush(): void {
    const data = this.#held;
    this.#held = nothing;
    this.#pass(data, data.length);
    this.#masked = 0;
  }

  /** Gives out what lies before `certain`. Answers where the last secret that begins there ends. */
  #pass(data: Buffer, certain: number): number {
    let masked = this.#masked;
    for (let from = 0; ;) {
      const found = this.#patterns.find(data, from, certain);
      if (found === undefined) break;
      if (found.from >= masked) {
        if (found.from > masked) this.#emit(data.subarray(masked, found.from));
        this.#emit(maskBytes);
      }
      masked = Math.max(masked, found.to);
      // Another may begin within it.
      from = found.from + 1;
    }
    if (certain > masked) this.#emit(data.subarray(masked, certain));
    return masked;
  }
}

/** A text with its secrets masked. */
export function maskText(patterns: BytePatterns, text: string): string {
  const parts: Buffer[] = [];
  const redactor = new Redactor(patterns, (bytes) => parts.push(Buffer.from(bytes)));
  redactor.write(Buffer.from(text));
  redactor.flush();
  return Buffer.concat(parts).toString('utf8');
}
