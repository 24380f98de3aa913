import type { Reading, Source } from './source.ts';

/** A Blob or File. It is read slice by slice, so one that lies on a disk is never whole in memory. */
export function blobSource(blob: Blob): Source {
  return {
    lengthBytes: blob.size,
    replayable: true,
    spent: false,
    live: false,
    open: async () => blobReading(blob),
    discard() {},
  };
}

function blobReading(blob: Blob): Reading {
  let at = 0;
  return {
    async read(into) {
      if (at >= blob.size) return undefined;
      const slice = blob.slice(at, at + into.length);
      at += slice.size;
      return new Uint8Array(await slice.arrayBuffer());
    },
    async close() {
      at = blob.size;
    },
  };
}
