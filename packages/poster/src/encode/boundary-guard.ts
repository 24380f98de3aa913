import { PosterError } from '../errors.ts';

const lineFeed = 0x0a;

/**
 * Looks for a delimiter in one part's content, also where a block's edge divides it.
 *
 * RFC 2046 says that a delimiter is CR LF, two hyphens and the boundary, whatever follows. Some readers take
 * a bare LF for the line's end, so this looks for that, which finds both. The content's first line follows
 * the CR LF of the part's head, so it counts as well.
 */
export class BoundaryGuard {
  readonly #needle: Uint8Array;
  /** The last bytes seen, one fewer than the needle has. */
  #tail: Uint8Array;

  constructor(boundary: string) {
    this.#needle = new TextEncoder().encode(`\n--${boundary}`);
    this.#tail = Uint8Array.of(lineFeed);
  }

  /** Takes the next block. Throws before it is given on if it completes a delimiter. */
  take(block: Uint8Array): void {
    const reach = this.#needle.length - 1;
    const edge = concat(this.#tail, block.subarray(0, reach));
    if (indexOf(edge, this.#needle) !== -1 || indexOf(block, this.#needle) !== -1) {
      throw new PosterError(
        'ERR_POSTER_BOUNDARY_IN_CONTENT',
        'the content holds the boundary that was asked for: choose another, or none for a random one',
      );
    }
    this.#tail = (block.length >= reach ? block : edge).slice(-reach);
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function indexOf(bytes: Uint8Array, needle: Uint8Array): number {
  const last = bytes.length - needle.length;
  for (let at = bytes.indexOf(lineFeed); at !== -1 && at <= last; at = bytes.indexOf(lineFeed, at + 1)) {
    if (needle.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}
