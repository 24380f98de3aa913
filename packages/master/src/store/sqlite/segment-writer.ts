import type { BytesPlace } from '../operation.ts';
import type { BytesKeeper, BytesMark, SegmentReach } from './bytes-keeper.ts';
import type { SegmentDisk, SegmentFile } from './segment-disk.ts';

/** A segment is removed as a whole when all of it has expired: smaller ones give space back sooner, larger ones make fewer files. */
const segmentBytesMax = 256 * 1024 ** 2;

/** A part of what is kept and not yet settled: all of one segment. */
interface Pending {
  readonly segment: number;
  /** Where it begins. */
  readonly offset: number;
  readonly parts: Uint8Array[];
  bytes: number;
}

/**
 * Kept bytes in append-only files. What lies beyond the last commit was never pointed at: it is written over, and
 * cut off when the store is next opened.
 */
export class SegmentWriter implements BytesKeeper {
  readonly #disk: SegmentDisk;
  readonly #bytesMax: number;
  #file: { readonly segment: number; readonly handle: SegmentFile } | undefined;
  /** The segment that is written to, and how far it is committed. */
  #segment: number;
  #committedBytes: number;
  /** Where the next bytes go. */
  #nextSegment: number;
  #nextOffset: number;
  #pending: Pending[] = [];

  /** @param reach the segment to go on with, as committed */
  constructor(
    disk: SegmentDisk,
    reach: { readonly segment: number; readonly bytes: number },
    bytesMax = segmentBytesMax,
  ) {
    this.#disk = disk;
    this.#bytesMax = bytesMax;
    this.#segment = this.#nextSegment = reach.segment;
    this.#committedBytes = this.#nextOffset = reach.bytes;
  }

  keep(bytes: Uint8Array): BytesPlace {
    if (this.#nextOffset > 0 && this.#nextOffset + bytes.length > this.#bytesMax) {
      this.#nextSegment++;
      this.#nextOffset = 0;
    }
    const place = { segment: this.#nextSegment, offset: this.#nextOffset };
    const last = this.#pending.at(-1);
    const pending = last?.segment === place.segment ? last : { ...place, parts: [], bytes: 0 };
    if (pending !== last) this.#pending.push(pending);
    pending.parts.push(bytes);
    pending.bytes += bytes.length;
    this.#nextOffset += bytes.length;
    return place;
  }

  mark(): BytesMark {
    return { segment: this.#nextSegment, bytes: this.#nextOffset };
  }

  back(mark: BytesMark): void {
    this.#pending = this.#pending.filter(
      ({ segment, offset }) => segment < mark.segment || (segment === mark.segment && offset < mark.bytes),
    );
    const last = this.#pending.at(-1);
    if (last?.segment === mark.segment) {
      while (last.offset + last.bytes > mark.bytes) last.bytes -= last.parts.pop()?.length ?? 0;
    }
    this.#nextSegment = mark.segment;
    this.#nextOffset = mark.bytes;
  }

  settle(): void {
    for (const pending of this.#pending) {
      const file = this.#open(pending.segment);
      try {
        file.write(pending.parts, pending.offset);
        file.sync();
      } catch (error) {
        this.#giveBack(file, pending);
        throw error;
      }
    }
  }

  grown(): readonly SegmentReach[] {
    const grown = this.#pending.map(({ segment, offset, bytes }) => ({
      segment,
      bytes: offset + bytes,
      sealed: segment < this.#nextSegment,
    }));
    const left = this.#nextSegment > this.#segment && grown[0]?.segment !== this.#segment;
    return left ? [{ segment: this.#segment, bytes: this.#committedBytes, sealed: true }, ...grown] : grown;
  }

  committed(): void {
    this.#pending = [];
    this.#segment = this.#nextSegment;
    this.#committedBytes = this.#nextOffset;
  }

  drop(segments: readonly number[]): void {
    for (const segment of segments) {
      try {
        this.#disk.remove(segment);
      } catch {
        // No row knows it: it is removed when the store is next opened.
      }
    }
  }

  close(): void {
    this.#file?.handle.close();
    this.#file = undefined;
  }

  #open(segment: number): SegmentFile {
    if (this.#file?.segment === segment) return this.#file.handle;
    this.close();
    const handle = this.#disk.open(segment);
    this.#file = { segment, handle };
    return handle;
  }

  /** What a failed write left takes room that others may need: on a full disk even a smaller commit. */
  #giveBack(file: SegmentFile, pending: Pending): void {
    try {
      file.truncate(pending.segment === this.#segment ? this.#committedBytes : 0);
    } catch {
      // It is written over, or cut off at the next opening.
    }
  }
}
