import { MillraceError } from '@millrace/kernel/errors';
import type { Holding } from './messages.ts';
import { frameBytesMax } from './messages.ts';

/*
 * Journal records on the wire, little endian: u8 kind (1), u8 version (1), u16 zero, u32 fence, f64 build,
 * f64 byte (where the first record stands in the journal), then whole records as they stand in the file.
 */
export const frameHeadBytes = 24;

export interface RecordsFrame extends Holding {
  /** Where in the journal file the records stand. */
  readonly byte: number;
  readonly records: Uint8Array;
}

export function writeFrameHead(target: Uint8Array, frame: Omit<RecordsFrame, 'records'>): void {
  const view = new DataView(target.buffer, target.byteOffset, frameHeadBytes);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint16(2, 0);
  view.setUint32(4, frame.fence, true);
  view.setFloat64(8, frame.build, true);
  view.setFloat64(16, frame.byte, true);
}

/** @throws MillraceError `frame-malformed`: not a frame of ours, or over its bound. `records` is a view. */
export function readFrame(bytes: Uint8Array): RecordsFrame {
  if (bytes.length > frameBytesMax)
    throw malformed(`it has ${bytes.length} bytes, more than ${frameBytesMax}`);
  if (bytes.length < frameHeadBytes) throw malformed('it is shorter than its head');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 1) throw malformed('its kind or version is unknown');
  const frame = {
    fence: view.getUint32(4, true),
    build: view.getFloat64(8, true),
    byte: view.getFloat64(16, true),
  };
  if (!Number.isSafeInteger(frame.build) || frame.build < 0)
    throw malformed('its build is no number of a build');
  if (!Number.isSafeInteger(frame.byte) || frame.byte < 0) throw malformed('its place is no number of bytes');
  return { ...frame, records: bytes.subarray(frameHeadBytes) };
}

/**
 * Gives a frame's memory back now: nobody reads it again. Left to garbage collection, frames fill the room that V8
 * leaves a heap to grow in, some 10 MB in a master, and each time it is full all of the heap is collected. A frame
 * that shares its buffer with others is left alone.
 */
export function freeFrame({ records }: RecordsFrame): void {
  const { buffer, byteLength } = records;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === frameHeadBytes + byteLength) buffer.transfer(0);
}

function malformed(what: string): MillraceError<'frame-malformed'> {
  return new MillraceError('frame-malformed', `This is no frame of records: ${what}.`);
}
