import { headBytes, kindAt, kindJson, recordLength } from './codec.ts';

const ending = Buffer.from('{"kind":"build-finished"');

/**
 * Whether the last of these whole records says that its build has finished, by its first bytes alone. A hint: whether
 * the record belongs is judged when it is applied, and one that is written in another way is not seen.
 */
export function endsBuild(records: Uint8Array): boolean {
  let last = 0;
  for (;;) {
    const length = recordLength(records.subarray(last));
    if (length === undefined || length <= headBytes) return false;
    if (last + length >= records.length) break;
    last += length;
  }
  if (records[last + kindAt] !== kindJson) return false;
  const from = last + headBytes;
  return ending.equals(records.subarray(from, from + ending.length));
}
