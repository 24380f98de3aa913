import { describe, expect, test } from 'vitest';
import { zstdDecompressSync } from 'node:zlib';
import { systemClock } from '@millrace/kernel/clock';
import { zstdCompression } from '@millrace/master/logs/compression';
import { LogMerger } from '@millrace/master/logs/log-merger';
import { readMergeable, swapChunks } from '@millrace/master/store/operations/merge-logs';
import type { Store } from '@millrace/master/store/store';
import type { OpenedStore } from './opened-store.ts';
import { chunk, RunningBuild, WrittenJournal } from './running-build.ts';
import { seeChunks, seeEvents, seeLogs } from './test-operations.ts';

const forever = new AbortController().signal;

/** What the merging of logs promises, on every store. */
export function mergeBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const mergerOf = (store: Store): LogMerger =>
    new LogMerger({
      store,
      clock: systemClock,
      compression: zstdCompression,
      onTrouble: (error) => {
        throw error;
      },
    });
  /** A log of 60 small chunks, a gap and 30 more, then closed; and a second one of one chunk. */
  const printed = async (
    store: Store,
  ): Promise<{ log: number; short: number; text: string; at: RunningBuild }> => {
    const at = await RunningBuild.start(store);
    const journal = new WrittenJournal([
      at.begin(),
      { kind: 'step-started', step: 0 },
      { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' },
      { kind: 'log-opened', step: 0, log: 1, name: 'other', stream: 'stderr' },
      chunk(1, 'short\n'),
    ]);
    let bytes = 0;
    let text = '';
    const add = (index: number): void => {
      const line = `${index} ${'abcdefgh '.repeat(270 + index)}\n`;
      journal.add(chunk(0, line, bytes, index + (index < 60 ? 0 : 9)));
      bytes += line.length;
      text += line;
    };
    for (let index = 0; index < 60; index++) add(index);
    journal.add({ kind: 'log-gap', log: 0, lines: 9, bytes: 1000 });
    bytes += 1000;
    text += '(gap)';
    for (let index = 60; index < 90; index++) add(index);
    journal.add(
      { kind: 'log-closed', log: 0, lines: 99, bytes },
      { kind: 'log-closed', log: 1, lines: 1, bytes: 6 },
    );
    const answer = await at.apply(0, journal.bytes());
    expect(answer).toMatchObject({ kind: 'applied' });
    const [log, short] = await store.do(seeLogs, at.build);
    return { log: log?.id ?? 0, short: short?.id ?? 0, text, at };
  };
  const readBack = async (store: Store, log: number): Promise<string> => {
    let text = '';
    for (const one of await store.do(seeChunks, log)) {
      if (one.segment === null || one.place === null) text += '(gap)';
      else {
        const frame = await store.read({ segment: one.segment, offset: one.place }, one.stored_bytes);
        text += zstdDecompressSync(frame).toString();
      }
    }
    return text;
  };

  describe(`merging on ${name}`, () => {
    test('a log that ended reads the same from few full chunks, and its gap stays', async () => {
      const { store } = await open();
      const { log, short, text, at } = await printed(store);
      const [before] = await store.do(seeLogs, at.build);
      expect(await mergerOf(store).mergeAll(forever)).toBe(1);
      expect(await readBack(store, log)).toBe(text);
      const chunks = await store.do(readMergeable, { log, fromByte: 0, limit: 100 });
      expect(chunks.length).toBe(4);
      let byte = 0;
      let line = 0;
      for (const one of chunks) {
        expect([one.firstByte, one.firstLine]).toEqual([byte, line]);
        byte += one.bytes;
        line += one.lines;
      }
      expect(await store.do(seeLogs, at.build)).toMatchObject([{ ...before, chunks: 3 }, { chunks: 1 }]);
      expect(await store.do(seeChunks, short)).toHaveLength(1);
      expect(await store.do(seeEvents, at.build)).toContain('log.merged');
    });

    test('what is merged is not merged again', async () => {
      const { store } = await open();
      await printed(store);
      expect(await mergerOf(store).mergeAll(forever)).toBe(1);
      expect(await mergerOf(store).mergeAll(forever)).toBe(0);
    });

    test('two mergers at once do no harm', async () => {
      const { store, second } = await open();
      const { log, text } = await printed(store);
      await Promise.all([mergerOf(store).mergeAll(forever), mergerOf(second).mergeAll(forever)]);
      expect(await readBack(store, log)).toBe(text);
    });

    test('chunks that somebody else has merged meanwhile are left alone', async () => {
      const { store } = await open();
      const { log, text } = await printed(store);
      const old = await store.do(readMergeable, { log, fromByte: 0, limit: 100 });
      await mergerOf(store).mergeAll(forever);
      expect(await store.do(swapChunks, { log, old, merged: [] })).toBe(false);
      expect(await readBack(store, log)).toBe(text);
    });

    test('a log that is still open is not touched', async () => {
      const { store } = await open();
      const at = await RunningBuild.start(store);
      const journal = new WrittenJournal([
        at.begin(),
        { kind: 'step-started', step: 0 },
        { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' },
        chunk(0, 'a\n'),
        chunk(0, 'b\n', 2, 1),
      ]);
      await at.apply(0, journal.bytes());
      expect(await mergerOf(store).mergeAll(forever)).toBe(0);
    });
  });
}
