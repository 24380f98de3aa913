import type { BytesPlace } from '../operation.ts';
import { bytesMissing } from './bytes-keeper.ts';
import type { BytesKeeper, BytesMark, BytesReader, SegmentReach } from './bytes-keeper.ts';

/** Kept bytes in memory, for a store that has no folder: one segment that grows. */
export class MemoryBytes implements BytesKeeper, BytesReader {
  #data = new Uint8Array(64 * 1024);
  #size = 0;

  keep(bytes: Uint8Array): BytesPlace {
    const offset = this.#size;
    this.#size += bytes.length;
    if (this.#size > this.#data.length) {
      const larger = new Uint8Array(Math.max(this.#size, this.#data.length * 2));
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data.set(bytes, offset);
    return { segment: 1, offset };
  }

  mark(): BytesMark {
    return { segment: 1, bytes: this.#size };
  }

  back(mark: BytesMark): void {
    this.#size = mark.bytes;
  }

  settle(): void {}

  grown(): readonly SegmentReach[] {
    return [];
  }

  committed(): void {}

  drop(): void {}

  forget(): void {}

  async read(place: BytesPlace, length: number): Promise<Uint8Array> {
    if (place.segment !== 1 || place.offset + length > this.#size) throw bytesMissing(place);
    return this.#data.slice(place.offset, place.offset + length);
  }

  close(): void {}

  async end(): Promise<void> {}
}
