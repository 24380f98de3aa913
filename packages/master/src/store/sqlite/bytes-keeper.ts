import type { BytesPlace } from '../operation.ts';

/**
 * Where kept bytes lie beside the database. Nothing is durable until {@link BytesKeeper.settle}, which comes before the commit
 * of the rows that point at the bytes: so a row never points at what is not there.
 */
export interface BytesKeeper {
  /** Takes the bytes and says where they will lie. The caller does not touch them again. */
  keep(bytes: Uint8Array): BytesPlace;
  /** A place to go back to. */
  mark(): BytesMark;
  /** Forgets what was kept since. */
  back(mark: BytesMark): void;
  /** Makes all that was kept durable. @throws MillraceError `disk-full`; nothing of it counts then, and `back` still works. */
  settle(): void;
  /** How far each segment that has grown since the last commit now reaches: goes into that commit's `segments` rows. */
  grown(): readonly SegmentReach[];
  /** The rows are committed. */
  committed(): void;
  /** @throws MillraceError `bytes-missing` */
  read(place: BytesPlace, length: number): Promise<Uint8Array>;
  close(): void;
}

/** Opaque to all but the keeper that made it. */
export interface BytesMark {
  readonly segment: number;
  readonly bytes: number;
}

export interface SegmentReach {
  readonly segment: number;
  readonly bytes: number;
  readonly sealed: boolean;
}
