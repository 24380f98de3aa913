import type { Reading, Source } from './source.ts';

const encoder = new TextEncoder();

/** Bytes in memory, or text as UTF-8 (a lone surrogate becomes U+FFFD, as everywhere on the web). */
export function bytesSource(value: string | Uint8Array | ArrayBuffer): Source {
  const bytes = toBytes(value);
  return {
    lengthBytes: bytes.length,
    replayable: true,
    spent: false,
    live: false,
    open: async () => bytesReading(bytes),
    discard() {},
  };
}

function toBytes(value: string | Uint8Array | ArrayBuffer): Uint8Array {
  if (typeof value === 'string') return encoder.encode(value);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

/** Bytes a read at most: a large value is sent, and counted, in pieces. */
const pieceBytesMax = 512 * 1024;

function bytesReading(bytes: Uint8Array): Reading {
  let at = 0;
  return {
    async read() {
      if (at === bytes.length) return undefined;
      const piece = bytes.subarray(at, at + pieceBytesMax);
      at += piece.length;
      return piece;
    },
    async close() {},
  };
}
