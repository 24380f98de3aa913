import { describe, expect, test } from 'vitest';
import { addChangeOnce } from '@millrace/master/store/operations/add-change-once';
import { buildsetsAdd } from '@millrace/master/store/operations/buildsets';
import { readAsked } from '@millrace/master/store/operations/dispatch';
import { readBuildDetail } from '@millrace/master/store/operations/read-builds';
import { readSteps } from '@millrace/master/store/operations/read-steps';
import { hello } from '@millrace/master/store/operations/workers';
import { changedFilesMax } from '@millrace/protocol/condition';
import type { Fact } from '@millrace/protocol/journal/record';
import type { PlannedStep } from '@millrace/protocol/plan';
import type { OpenedStore } from './opened-store.ts';
import { RunningBuild, WrittenJournal } from './running-build.ts';

const pages: PlannedStep = {
  kind: 'link',
  name: 'pages',
  label: 'Pages',
  url: [{ property: 'url' }],
  limits: {},
  killGraceMs: 1,
  logBytesMax: 1024,
  env: {},
  always: false,
};

/** A step with all that steps tell beside their output. */
const facts = (at: RunningBuild): Fact[] => [
  at.begin(),
  { kind: 'step-started', step: 0 },
  { kind: 'command-started', step: 0, command: 'make all', folder: 'sub', environment: ['CI', 'PATH'] },
  { kind: 'try-ended', step: 0, try: 1, result: 'failure', exitCode: 2, message: 'no net', nextInMs: 1_000 },
  { kind: 'property-set', step: 0, name: 'version', value: '1.2' },
  { kind: 'property-set', step: 0, name: 'version', value: '1.3' },
  { kind: 'step-finished', step: 0, result: 'warnings', exitCode: 0, warnings: 12 },
  { kind: 'step-finished', step: 1, result: 'skipped', message: 'Nothing but docs changed.' },
  { kind: 'step-started', step: 2 },
  { kind: 'link-added', step: 2, url: 'https://example.org/a' },
  { kind: 'link-added', step: 2, url: 'https://example.org/b' },
  { kind: 'step-finished', step: 2, result: 'success' },
  { kind: 'build-finished', result: 'warnings' },
];

/** What steps tell beside their output, and what plans are made with, on every store. */
export function stepBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  describe(`what steps tell on ${name}`, () => {
    test('is what is answered about them', async () => {
      const { store } = await open();
      const at = await RunningBuild.start(store, { more: [pages] });
      await at.apply(0, new WrittenJournal(facts(at)).bytes());
      const steps = await store.do(readSteps, { build: at.build });
      expect(steps).toMatchObject([
        {
          result: 'warnings',
          warnings: 12,
          command: { command: 'make all', folder: 'sub', environment: ['CI', 'PATH'] },
          tries: [
            { try: 1, result: 'failure', reason: null, exitCode: 2, message: 'no net', nextInMs: 1_000 },
          ],
          links: [],
        },
        { result: 'skipped', message: 'Nothing but docs changed.', tries: [], command: null, warnings: 0 },
        { links: [{ label: 'Pages', url: 'https://example.org/b' }] },
      ]);
      const detail = await store.do(readBuildDetail, { build: at.build });
      expect(detail?.properties).toEqual([{ name: 'version', value: '1.3', source: 'compile' }]);
    });

    test('is the same in whatever frames it comes', async () => {
      const { store } = await open();
      const at = await RunningBuild.start(store, { more: [pages] });
      const journal = new WrittenJournal(facts(at));
      for (let record = 0; record < facts(at).length; record++)
        expect(await at.apply(journal.byteOf(record), journal.bytes(record, record + 1))).toMatchObject({
          kind: 'applied',
        });
      const steps = await store.do(readSteps, { build: at.build });
      expect(steps?.map(({ result, tries }) => [result, tries.length])).toEqual([
        ['warnings', 1],
        ['skipped', 0],
        ['success', 0],
      ]);
    });

    test('ends the build where its plan says nothing of it', async () => {
      const { store } = await open();
      const at = await RunningBuild.start(store);
      const foreign: Fact = { kind: 'property-set', step: 0, name: 'colour', value: 'blue' };
      const journal = new WrittenJournal([...facts(at).slice(0, 2), foreign]);
      expect(await at.apply(0, journal.bytes())).toMatchObject({ kind: 'fenced' });
      const detail = await store.do(readBuildDetail, { build: at.build });
      expect(detail).toMatchObject({ reason: 'journal-malformed', properties: [] });
    });

    test('stands beside the machine as it was when the build was given out', async () => {
      const { store } = await open();
      const at = await RunningBuild.start(store);
      const before = (await store.do(readBuildDetail, { build: at.build }))?.workerFacts;
      expect(before).toMatchObject({ os: 'linux', architecture: 'x64', cpus: 2 });
      const answer = await store.do(hello, {
        worker: at.worker,
        spool: `spool of ${at.worker}`,
        slots: 4,
        facts: {
          os: 'linux',
          release: '7.0',
          architecture: 'x64',
          hostname: 'h',
          cpus: 64,
          memoryBytes: 1,
          version: '1',
          tools: { git: '2.50.0' },
        },
        journals: [],
        room: { accepts: true },
        master: 'm1',
        lostAfterMs: 10_000,
      });
      expect(answer).toMatchObject({ kind: 'welcome', run: [{ build: at.build, facts: before }] });
      expect((await store.do(readBuildDetail, { build: at.build }))?.workerFacts).toEqual(before);
    });
  });

  describe(`what a request asks for on ${name}`, () => {
    test('has the files of the change that told its source, as many as a plan may carry', async () => {
      const { store } = await open();
      const source = (digit: string) => ({
        repository: 'app',
        branch: 'main',
        revision: digit.repeat(40),
      });
      const add = (digit: string, files: readonly string[]) =>
        store.do(addChangeOnce, {
          change: { ...source(digit), author: 'a', message: 'm', committedAt: 1, files },
          idempotency: null,
        });
      const many = Array.from({ length: changedFilesMax + 1 }, (_, index) => `f${index}`);
      await add('a', ['docs/a.md']);
      await add('b', many);
      await add('c', []);
      const ask = async (of: ReturnType<typeof source> | null): Promise<number> => {
        const added = await store.do(buildsetsAdd, {
          scheduler: null,
          reason: 'test',
          source: of,
          properties: { of: of?.revision ?? 'none' },
          builders: [{ name: 'linux', priority: 0 }],
        });
        return added.kind === 'done' ? (added.answer.requests[0] ?? 0) : 0;
      };
      const requests: number[] = [];
      for (const of of [source('c'), source('a'), null, source('b'), source('d')])
        requests.push(await ask(of));
      const asked = await store.do(readAsked, { requests: [...requests, 999] });
      expect(asked.map((one) => one?.changedFiles)).toEqual([
        null,
        { files: ['docs/a.md'], complete: true },
        null,
        { files: many.slice(0, changedFilesMax), complete: false },
        null,
        undefined,
      ]);
      expect(asked[1]).toMatchObject({ source: source('a'), properties: { of: 'a'.repeat(40) } });
    });
  });
}
