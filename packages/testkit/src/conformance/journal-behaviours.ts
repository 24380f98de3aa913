import fc from 'fast-check';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Fact } from '@millrace/protocol/journal/record';
import { applyTogether } from '@millrace/master/store/operations/apply-together';
import { journalForked } from '@millrace/master/store/operations/journal';
import type { OpenedStore } from './opened-store.ts';
import {
  adoptAsLost,
  seeBuild,
  seeChunks,
  seeEvents,
  seeLogs,
  seeRequest,
  seeSteps,
} from './test-operations.ts';
import { chunk, RunningBuild, WrittenJournal } from './running-build.ts';

/** The facts of a build of two steps, the first with a log of three chunks and a gap. */
const wholeBuild = (at: RunningBuild): Fact[] => [
  at.begin(),
  { kind: 'step-started', step: 0 },
  { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' },
  chunk(0, 'one\ntwo\n'),
  chunk(0, 'thr', 8, 2),
  chunk(0, 'ee\n', 11, 2),
  { kind: 'log-gap', log: 0, lines: 10, bytes: 100 },
  chunk(0, 'last', 114, 13),
  { kind: 'log-closed', log: 0, lines: 14, bytes: 118 },
  { kind: 'property-set', step: 0, name: 'version', value: '1.2' },
  { kind: 'step-finished', step: 0, result: 'success', exitCode: 0 },
  { kind: 'step-started', step: 1 },
  { kind: 'step-finished', step: 1, result: 'failure', reason: 'timed-out', limit: 'total' },
  { kind: 'build-finished', result: 'failure', reason: 'timed-out' },
];
const wholeBuildEvents = [
  'build.started',
  'step.started',
  'log.opened',
  'log.closed',
  'build.property',
  'step.finished',
  'step.started',
  'step.finished',
  'build.finished',
  'request.finished',
];

/** What the applying of a journal promises, on every store. */
export function journalBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  const running = async (options: { logBytesMax?: number } = {}) => {
    const { store } = await open();
    return RunningBuild.start(store, options);
  };
  const printed = async (at: RunningBuild): Promise<string> => {
    const [log] = await at.store.do(seeLogs, at.build);
    if (!log) return '';
    let text = '';
    for (const one of await at.store.do(seeChunks, log.id)) {
      if (one.segment === null || one.place === null) text += `(${one.bytes} left out)`;
      else
        text += zstdDecompressSync(
          await at.store.read({ segment: one.segment, offset: one.place }, one.stored_bytes),
        ).toString();
    }
    return text;
  };

  describe(`a journal on ${name}`, () => {
    test('becomes the build: its steps, its log, its events, its end', async () => {
      const at = await running();
      const journal = new WrittenJournal(wholeBuild(at));
      expect(await at.apply(0, journal.bytes())).toEqual({
        kind: 'applied',
        position: journal.position,
        ended: true,
      });
      expect(await at.store.do(seeBuild, at.build)).toMatchObject({
        state: 'finished',
        result: 'failure',
        reason: 'timed-out',
      });
      expect(await at.store.do(seeSteps, at.build)).toEqual([
        { step: 0, name: 'compile', state: 'finished', result: 'success', reason: null, exit_code: 0 },
        { step: 1, name: 'test', state: 'finished', result: 'failure', reason: 'timed-out', exit_code: null },
      ]);
      expect(await at.store.do(seeLogs, at.build)).toMatchObject([
        {
          log: 0,
          step: 0,
          name: 'output',
          lines: 14,
          bytes: 118,
          chunks: 4,
          gap_bytes: 100,
          state: 'closed',
          complete: 1,
        },
      ]);
      expect(await printed(at)).toBe('one\ntwo\nthree\n(100 left out)last');
      expect(await at.store.do(seeEvents, at.build)).toEqual(wholeBuildEvents);
      expect(await at.store.do(seeRequest, at.request)).toMatchObject({
        state: 'finished',
        result: 'failure',
      });
    });

    test('in frames that are doubled, out of order and cut, is applied once and whole', async () => {
      const cuts = fc.array(
        fc.record({ from: fc.nat(14), count: fc.nat(6), cutBytes: fc.option(fc.nat(200), { nil: 0 }) }),
        { maxLength: 12 },
      );
      const { store } = await open();
      let workers = 0;
      await fc.assert(
        fc.asyncProperty(cuts, async (frames) => {
          const at = await RunningBuild.start(store, { worker: `w${workers++}` });
          const journal = new WrittenJournal(wholeBuild(at));
          for (const { from, count, cutBytes } of frames) {
            const bytes = journal.bytes(from, from + count + 1);
            const before = await at.store.do(seeBuild, at.build);
            const cut = bytes.subarray(0, bytes.length - Math.min(cutBytes, bytes.length));
            const answer = await at.apply(journal.byteOf(from), cut);
            const after = await at.store.do(seeBuild, at.build);
            expect(['applied', 'wanted', 'malformed', 'fenced']).toContain(answer.kind);
            if (answer.kind === 'wanted') expect(journal.byteOf(from)).toBeGreaterThan(before?.byte ?? 0);
            if (answer.kind !== 'applied') expect(after).toEqual(before);
            else expect(answer.position).toMatchObject({ seq: after?.seq, byte: after?.byte });
          }
          const last = await at.apply(0, journal.bytes());
          expect(last).toEqual({ kind: 'applied', position: journal.position, ended: true });
          expect(await printed(at)).toBe('one\ntwo\nthree\n(100 left out)last');
          expect(await at.store.do(seeEvents, at.build)).toEqual(wholeBuildEvents);
        }),
        { numRuns: 30 },
      );
    });

    test('after a gap, the store says where it stands', async () => {
      const at = await running();
      const journal = new WrittenJournal(wholeBuild(at));
      await at.apply(0, journal.bytes(0, 3));
      expect(await at.apply(journal.byteOf(4), journal.bytes(4))).toEqual({
        kind: 'wanted',
        position: journal.ends[2],
      });
    });

    test('its end, sent again, is answered again', async () => {
      const at = await running();
      const journal = new WrittenJournal(wholeBuild(at));
      const first = await at.apply(0, journal.bytes());
      expect(await at.apply(journal.byteOf(10), journal.bytes(10))).toEqual(first);
      expect(await at.store.do(seeEvents, at.build)).toEqual(wholeBuildEvents);
    });

    test('is heard from the holder alone', async () => {
      const at = await running();
      const bytes = new WrittenJournal(wholeBuild(at)).bytes();
      expect(await at.apply(0, bytes, { fence: at.fence + 1 })).toMatchObject({ kind: 'fenced' });
      expect(await at.apply(0, bytes, { worker: 'other' })).toMatchObject({ kind: 'fenced' });
      const old = at.session;
      await at.reconnect();
      expect(await at.apply(0, bytes, { session: old })).toEqual({ kind: 'replaced' });
      expect(await at.store.do(seeBuild, at.build)).toMatchObject({ state: 'running', seq: 0 });
      expect(await at.apply(0, bytes)).toMatchObject({ kind: 'applied', ended: true });
    });

    test('that tells another history ends the build as forked, and keeps what was recorded', async () => {
      const at = await running();
      const journal = new WrittenJournal(wholeBuild(at));
      await at.apply(0, journal.bytes(0, 4));
      const other = new WrittenJournal(wholeBuild(at), 5_000);
      expect(await at.apply(other.byteOf(3), other.bytes(3, 6))).toMatchObject({ kind: 'fenced' });
      expect(await at.store.do(seeBuild, at.build)).toMatchObject({
        state: 'finished',
        result: 'exception',
        reason: 'journal-forked',
        seq: 4,
      });
      expect(await printed(at)).toBe('one\ntwo\n');
      expect(await at.store.do(seeRequest, at.request)).toMatchObject({ state: 'pending' });
    });

    test('that continues with another history ends the build as forked', async () => {
      const at = await running();
      const journal = new WrittenJournal(wholeBuild(at));
      await at.apply(0, journal.bytes(0, 4));
      const other = new WrittenJournal(wholeBuild(at), 5_000);
      expect(await at.apply(other.byteOf(4), other.bytes(4, 6))).toMatchObject({ kind: 'fenced' });
      expect(await at.store.do(seeBuild, at.build)).toMatchObject({ reason: 'journal-forked', seq: 4 });
    });

    test('that is shorter than what was applied ends the build as forked', async () => {
      const at = await running();
      const { build, fence, worker, session } = at;
      await at.store.do(journalForked, { build, fence: fence + 1, worker, session, message: 'x' });
      expect(await at.store.do(seeBuild, build)).toMatchObject({ state: 'running' });
      await at.store.do(journalForked, { build, fence, worker, session, message: 'It is shorter.' });
      expect(await at.store.do(seeBuild, build)).toMatchObject({
        reason: 'journal-forked',
        message: 'It is shorter.',
      });
    });

    test('with a record that does not belong ends the build after those that do', async () => {
      const at = await running();
      const journal = new WrittenJournal([
        at.begin(),
        { kind: 'step-started', step: 0 },
        { kind: 'step-started', step: 7 },
      ]);
      expect(await at.apply(0, journal.bytes())).toMatchObject({ kind: 'fenced' });
      expect(await at.store.do(seeBuild, at.build)).toMatchObject({
        state: 'finished',
        result: 'exception',
        reason: 'journal-malformed',
        seq: 2,
      });
      expect(await at.store.do(seeSteps, at.build)).toMatchObject([
        { step: 0, state: 'finished', result: 'exception' },
      ]);
    });

    test('whose output is over its bound ends the build', async () => {
      const at = await running({ logBytesMax: 1000 });
      const journal = new WrittenJournal(wholeBuild(at).slice(0, 3));
      const text = 'x'.repeat(100_000);
      for (let index = 0; index < 4; index++) journal.add(chunk(0, text, index * text.length));
      expect(await at.apply(0, journal.bytes())).toMatchObject({ kind: 'fenced' });
      expect(await at.store.do(seeBuild, at.build)).toMatchObject({ reason: 'quota-exceeded' });
      expect((await printed(at)).length).toBe(200_000);
    });

    test('goes on where a build that was given up for lost is adopted', async () => {
      const { store } = await open();
      const at = await RunningBuild.start(store);
      const journal = new WrittenJournal(wholeBuild(at));
      await at.apply(0, journal.bytes(0, 4));
      const { build, fence, worker, session } = at;
      await store.do(journalForked, { build, fence, worker, session, message: 'as if lost' });
      await store.do(adoptAsLost, { build, request: at.request });
      expect(await at.apply(journal.byteOf(4), journal.bytes(4))).toMatchObject({
        kind: 'applied',
        ended: true,
      });
      expect(await printed(at)).toBe('one\ntwo\nthree\n(100 left out)last');
      expect(await store.do(seeSteps, build)).toMatchObject([{ result: 'success' }, { result: 'failure' }]);
    });

    test('goes with those of other builds of its worker, each judged by itself', async () => {
      const { store } = await open();
      const at = await RunningBuild.start(store);
      const journal = new WrittenJournal(wholeBuild(at));
      const { worker, session, build, fence } = at;
      const [begun, rest] = [journal.bytes(0, 3), journal.bytes(3)];
      const of = (piece: { fence?: number; byte: number; length: number }) => {
        return { build, fence, claim: null, ...piece };
      };
      const answers = await store.do(applyTogether, {
        worker,
        session,
        pieces: [
          of({ byte: 0, length: begun.length, fence: fence + 1 }),
          of({ byte: 0, length: begun.length }),
          of({ byte: journal.byteOf(5), length: rest.length }),
        ],
        records: new Uint8Array(Buffer.concat([begun, begun, rest])),
      });
      expect(answers).toMatchObject([
        { applied: { kind: 'fenced' }, claimed: null },
        { applied: { kind: 'applied', position: journal.ends[2], ended: false }, claimed: null },
        { applied: { kind: 'wanted', position: journal.ends[2] }, claimed: null },
      ]);
      expect(await at.apply(journal.byteOf(3), rest)).toMatchObject({ kind: 'applied', ended: true });
    });

    test('two frames at once are applied one after the other', async () => {
      const { store, second } = await open();
      const at = await RunningBuild.start(store);
      const other = Object.assign(Object.create(at) as RunningBuild, { store: second });
      const journal = new WrittenJournal(wholeBuild(at));
      const answers = await Promise.all(
        [at, other, at, other].map((one) => one.apply(0, journal.bytes(0, 10))),
      );
      for (const answer of answers)
        expect(answer).toMatchObject({ kind: 'applied', position: journal.ends[9] });
      expect(await at.store.do(seeChunks, (await at.store.do(seeLogs, at.build))[0]?.id ?? 0)).toHaveLength(
        5,
      );
    });
  });
}
