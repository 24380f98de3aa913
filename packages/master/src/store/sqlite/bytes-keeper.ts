import { MillraceError } from '@millrace/kernel/errors';
import type { BytesPlace } from '../operation.ts';

/**
 * Where kept bytes lie beside the database. Nothing is durable until {@link BytesKeeper.settle}, which comes before
 * the commit of the rows that point at the bytes: so a row never points at what is not there. Synchronous, as the
 * commits are.
 */
export interface BytesKeeper {
  /** Takes the bytes and says where they will lie. The caller does not touch them again. */
  keep(bytes: Uint8Array): BytesPlace;
  /** A place to go back to. */
  mark(): BytesMark;
  /** Forgets what was kept since. */
  back(mark: BytesMark): void;
  /** Makes all that was kept durable. @throws what the disk threw; nothing counts then until {@link back}. */
  settle(): void;
  /** How far each segment that has grown since the last commit now reaches: goes into that commit's `segments` rows. */
  grown(): readonly SegmentReach[];
  /** The rows are committed. */
  committed(): void;
  /**
   * Removes segments that no row knows any more; none of them is written to. One that cannot be removed now is when the
   * store is next opened.
   */
  drop(segments: readonly number[]): void;
  close(): void;
}

/** Reads what was kept, off the thread that commits. */
export interface BytesReader {
  /** @throws MillraceError `bytes-missing` */
  read(place: BytesPlace, length: number): Promise<Uint8Array>;
  /** These segments are no more: what is open of them is closed, so that the disk has its room back. */
  forget(segments: readonly number[]): void;
  end(): Promise<void>;
}

export interface BytesMark {
  readonly segment: number;
  readonly bytes: number;
}

export interface SegmentReach {
  readonly segment: number;
  readonly bytes: number;
  readonly sealed: boolean;
}

export function bytesMissing(place: BytesPlace, cause?: unknown): MillraceError<'bytes-missing'> {
  return new MillraceError(
    'bytes-missing',
    `The kept bytes at ${place.segment}:${place.offset} are gone: they have been expired.`,
    { cause },
  );
}
