import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SeededRandom } from '@millrace/testkit/seeded-random';
import { keep, operation, query, row, rows, run } from '../operation.ts';
import type { BytesPlace, Operation } from '../operation.ts';
import { bytesGone, dropDeadSegments } from '../operations/bytes-gone.ts';
import { openBytesReader, openEngine } from './open-engine.ts';
import type { OpenedEngine } from './open-engine.ts';
import { nodeSegmentDisk, segmentPath } from './segment-disk.ts';
import type { SegmentDisk } from './segment-disk.ts';

const put = operation('test.put', function* (_tx, input: { key: string; bytes: number; fails?: boolean }) {
  const place = yield* keep(new Uint8Array(input.bytes).fill(input.key.charCodeAt(0)));
  yield* run('insert into meta (key, value) values (?, ?)', input.key, JSON.stringify(place));
  if (input.fails) throw new Error('no');
  return place;
});
const segments = query('test.segments', function* () {
  return yield* rows('select id, bytes, sealed from segments order by id');
});
const has = query('test.has', function* (_tx, key: string) {
  return (yield* row('select key from meta where key = ?', key)) !== undefined;
});

describe('segments of kept bytes', () => {
  let folder: string;
  let opened: OpenedEngine | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-segments-'));
  });
  afterEach(() => {
    opened?.close();
    opened = undefined;
    rmSync(folder, { recursive: true });
  });
  const segmentsFolder = (): string => join(folder, 'segments');
  const open = (options: { disk?: SegmentDisk; segmentBytesMax?: number } = {}): OpenedEngine => {
    opened?.close();
    opened = openEngine({ folder, now: () => 1, random: new SeededRandom(1), ...options });
    return opened;
  };
  const group = (...inputs: { key: string; bytes: number; fails?: boolean }[]) =>
    opened?.engine.commitGroup(
      inputs.map((input) => ({ operation: put as Operation<unknown, unknown>, input })),
    );
  const place = (result: ReturnType<typeof group>, index = 0): BytesPlace => {
    const outcome = result?.kind === 'committed' ? result.outcomes[index] : undefined;
    if (outcome?.kind !== 'answered') throw new Error(`it was ${JSON.stringify(result)}`);
    return outcome.answer as BytesPlace;
  };
  const ask = (operation: Operation<never, unknown>, input?: unknown): unknown => {
    const outcome = opened?.reader.query({ operation: operation as Operation<unknown, unknown>, input });
    return outcome?.kind === 'answered' ? outcome.answer : outcome?.error;
  };
  const read = async (where: BytesPlace, length: number): Promise<string> => {
    const reader = openBytesReader(folder);
    try {
      return Buffer.from(await reader.read(where, length)).toString();
    } finally {
      await reader.end();
    }
  };

  test('are read back, also after the store was opened again', async () => {
    open();
    const first = place(group({ key: 'a', bytes: 3 }));
    open();
    const second = place(group({ key: 'b', bytes: 2 }));
    expect(second).toEqual({ segment: first.segment, offset: 3 });
    expect(await read(first, 3)).toBe('aaa');
    expect(await read(second, 2)).toBe('bb');
    await expect(read({ ...second, offset: 4 }, 2)).rejects.toMatchObject({ code: 'bytes-missing' });
    await expect(read({ segment: 9, offset: 0 }, 2)).rejects.toMatchObject({ code: 'bytes-missing' });
  });

  test('of an operation that throws are forgotten, those of its neighbours are not', async () => {
    open();
    const result = group({ key: 'a', bytes: 3 }, { key: 'b', bytes: 5, fails: true }, { key: 'c', bytes: 2 });
    expect(place(result, 2)).toEqual({ segment: 1, offset: 3 });
    expect(await read({ segment: 1, offset: 0 }, 5)).toBe('aaacc');
    expect(ask(segments)).toEqual([{ id: 1, bytes: 5, sealed: 0 }]);
  });

  test('that are dead as a whole are removed after the commit, but the newest', async () => {
    open({ segmentBytesMax: 10 });
    const places = ['a', 'b', 'c'].map((key) => place(group({ key, bytes: 10 })));
    const gone = operation('test.gone', function* (tx, which: readonly number[]) {
      yield* bytesGone(
        tx,
        which.map((segment) => ({ segment, storedBytes: 5 })),
      );
      return yield* dropDeadSegments(tx, 10);
    });
    const remove = (...which: readonly number[]): unknown => {
      const result = opened?.engine.commitGroup([
        { operation: gone as Operation<unknown, unknown>, input: which },
      ]);
      return result?.kind === 'committed' && [result.outcomes[0], result.dropped];
    };
    expect(remove(1, 3, 3)).toEqual([{ kind: 'answered', answer: 0 }, []]);
    expect(remove(1)).toEqual([{ kind: 'answered', answer: 1 }, [1]]);
    expect(existsSync(segmentPath(segmentsFolder(), 1))).toBe(false);
    for (const at of places.slice(1)) expect(await read(at, 10)).toMatch(/^[bc]+$/);
    open({ segmentBytesMax: 10 });
    expect(place(group({ key: 'd', bytes: 10 }))).toEqual({ segment: 4, offset: 0 });
  });

  test('are rolled at their size, in the middle of a group too', async () => {
    open({ segmentBytesMax: 10 });
    const result = group(
      { key: 'a', bytes: 6 },
      { key: 'b', bytes: 6 },
      { key: 'c', bytes: 30 },
      { key: 'd', bytes: 1 },
    );
    expect([0, 1, 2, 3].map((index) => place(result, index).segment)).toEqual([1, 2, 3, 4]);
    expect(place(group({ key: 'e', bytes: 10 }))).toEqual({ segment: 5, offset: 0 });
    expect(ask(segments)).toEqual([
      { id: 1, bytes: 6, sealed: 1 },
      { id: 2, bytes: 6, sealed: 1 },
      { id: 3, bytes: 30, sealed: 1 },
      { id: 4, bytes: 1, sealed: 1 },
      { id: 5, bytes: 10, sealed: 0 },
    ]);
    expect(await read(place(result, 2), 30)).toBe('c'.repeat(30));
  });

  test('are cut back to the last committed byte when the store is opened', () => {
    open();
    group({ key: 'a', bytes: 3 });
    opened?.close();
    appendFileSync(segmentPath(segmentsFolder(), 1), 'written, but never committed');
    writeFileSync(segmentPath(segmentsFolder(), 2), 'a segment that was begun, but never committed');
    open();
    expect(statSync(segmentPath(segmentsFolder(), 1)).size).toBe(3);
    expect(existsSync(segmentPath(segmentsFolder(), 2))).toBe(false);
    expect(place(group({ key: 'b', bytes: 1 }))).toEqual({ segment: 1, offset: 3 });
  });

  test('that lost bytes are not written to again, and say what is missing', async () => {
    open();
    const lost = place(group({ key: 'a', bytes: 3 }));
    opened?.close();
    writeFileSync(segmentPath(segmentsFolder(), 1), '');
    open();
    expect(place(group({ key: 'b', bytes: 1 })).segment).toBe(2);
    await expect(read(lost, 3)).rejects.toMatchObject({ code: 'bytes-missing' });
  });

  test('on a full disk, nothing of the group is recorded, and it goes on when there is room', async () => {
    const room = { bytes: 100 };
    open({ disk: diskWithRoom(nodeSegmentDisk(segmentsFolder()), room) });
    group({ key: 'a', bytes: 60 });
    const refused = group({ key: 'b', bytes: 20 }, { key: 'c', bytes: 50 });
    expect(refused).toMatchObject({ kind: 'failed', error: { code: 'disk-full' } });
    expect(ask(has as Operation<never, unknown>, 'b')).toBe(false);
    expect(statSync(segmentPath(segmentsFolder(), 1)).size).toBe(60);
    room.bytes = 1000;
    const later = place(group({ key: 'b', bytes: 20 }));
    expect(later).toEqual({ segment: 1, offset: 60 });
    expect(await read({ segment: 1, offset: 58 }, 4)).toBe('aabb');
    open();
    expect(await read({ segment: 1, offset: 58 }, 4)).toBe('aabb');
  });
});

/** A disk that takes so many bytes of a segment, and of the write over it a part, as a real one does. */
function diskWithRoom(disk: SegmentDisk, room: { readonly bytes: number }): SegmentDisk {
  return {
    ...disk,
    open(segment) {
      const file = disk.open(segment);
      return {
        ...file,
        write(parts, position) {
          const all = Buffer.concat(parts);
          file.write([all.subarray(0, Math.max(0, room.bytes - position))], position);
          if (position + all.length > room.bytes)
            throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        },
      };
    },
  };
}
