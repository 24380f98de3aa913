import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Fact } from '@millrace/protocol/journal/record';
import { propertyBounds } from '@millrace/protocol/property';
import type { PlannedSh, PlannedStep } from '@millrace/protocol/plan';
import { applyRecord, saneTime } from './apply-record.ts';
import type { Applied } from './apply-outcome.ts';
import { quotas } from './journal-state.ts';
import type { JournalState } from './journal-state.ts';

const base = (name: string) => ({
  name,
  limits: {},
  killGraceMs: 1,
  logBytesMax: 1000,
  env: {},
  always: false,
});
const step = (name: string): PlannedSh => ({
  ...base(name),
  kind: 'sh',
  command: { args: ['true'] },
  folder: '',
  separateStreams: false,
});
const plan = {
  steps: [
    {
      ...step('compile'),
      captures: [{ property: 'version' }],
      retry: { tries: 3, backoffMs: 1, results: ['failure'] },
    },
    step('test'),
    step('pack'),
    { ...base('pages'), kind: 'link', label: 'Pages', url: 'https://example.org' },
  ] satisfies PlannedStep[],
};
const begin: Fact = { kind: 'begin', build: 1, fence: 1, planHash: 'p', worker: 'w' };
const fresh: JournalState = {
  build: 1,
  fence: 1,
  worker: 'w',
  planHash: 'p',
  startedAt: 1_000,
  seq: 0,
  lastStep: -1,
  openStep: null,
  logs: 0,
  logBytes: 0,
  propertyRecords: 0,
  propertyBytes: 0,
  ended: false,
};
const started: Fact = { kind: 'step-started', step: 0 };
const opened: Fact = { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' };
const closed: Fact = { kind: 'log-closed', log: 0, lines: 1, bytes: 4 };
const finished: Fact = { kind: 'step-finished', step: 0, result: 'success' };
const property: Fact = { kind: 'property-set', step: 0, name: 'version', value: 1 };
const tried: Fact = { kind: 'try-ended', step: 0, try: 1, result: 'failure', nextInMs: 1 };
const linkStep: Fact = { kind: 'step-started', step: 3 };
const link: Fact = { kind: 'link-added', step: 3, url: 'https://example.org/' };
const text = (log: number, firstByte = 0, firstLine = 0, bytes = 4): Fact => ({
  kind: 'log-chunk',
  log,
  firstByte,
  firstLine,
  bytes,
  lines: 1,
  data: zstdCompressSync(Buffer.from('abc\n')),
});

/** The facts one after the other; what came of the last. */
function after(facts: readonly Fact[], start = fresh): Applied {
  let state = start;
  let last: Applied | undefined;
  for (const fact of facts) {
    last = applyRecord(state, plan, { seq: state.seq, at: 1_500, fact }, 2_000);
    if (last.kind === 'refused') return last;
    state = last.state;
  }
  if (!last) throw new Error('there is a fact');
  return last;
}

describe('a record', () => {
  test.each<[string, readonly Fact[], RegExp]>([
    ['of another build', [{ ...begin, build: 2 }], /another build/],
    ['of an older fence', [{ ...begin, fence: 0 }], /another build/],
    ['of another plan', [{ ...begin, planHash: 'q' }], /another plan/],
    ['of another worker', [{ ...begin, worker: 'v' }], /begun by the worker "v"/],
    ['before the beginning', [started], /only the first/],
    ['that begins again', [begin, begin], /only the first/],
    ['of a step that the plan does not know', [begin, { kind: 'step-started', step: 4 }], /no step 4/],
    [
      'of a second step while one runs',
      [begin, started, { kind: 'step-started', step: 1 }],
      /has not finished/,
    ],
    ['of a step that was begun before', [begin, started, finished, started], /begun before/],
    ['that finishes a step that does not run', [begin, { ...finished, step: 1 }], /does not run/],
    ['that finishes a step whose log is open', [begin, started, opened, finished], /still open/],
    [
      'that leaves out a step of no plan',
      [begin, { kind: 'step-finished', step: 9, result: 'skipped' }],
      /does not run/,
    ],
    ['of a log of another step', [begin, started, { ...opened, step: 1 }], /does not run/],
    ['of a log out of order', [begin, started, { ...opened, log: 1 }], /next log is 0/],
    ['of a second log of one name', [begin, started, opened, { ...opened, log: 1 }], /has a log "output"/],
    ['of output of no log', [begin, started, text(0)], /no log 0/],
    [
      'of output after the end of the log',
      [begin, started, opened, text(0), closed, text(0, 4, 1)],
      /closed/,
    ],
    ['of output further on', [begin, started, opened, text(0, 4, 0)], /byte 4, the log ends at 0/],
    ['of output at another line', [begin, started, opened, text(0, 0, 1)], /line 1, the log ends at 0/],
    ['of output of another size', [begin, started, opened, text(0, 0, 0, 5)], /states 4 bytes/],
    [
      'that closes a log at another count',
      [begin, started, opened, text(0), { ...closed, bytes: 5 }],
      /closes a log of 4/,
    ],
    ['of a property that its step does not set', [begin, started, { ...property, name: 'x' }], /sets no/],
    ['of a property while its step does not run', [begin, property], /does not run/],
    ['of a try out of order', [begin, started, { ...tried, try: 2 }], /try 1 comes next/],
    ['of a try of an open log', [begin, started, opened, tried], /still open/],
    [
      'of more tries than planned',
      [begin, started, tried, { ...tried, try: 2 }, { ...tried, try: 3 }],
      /3 times at most/,
    ],
    ['of a link that is no address', [begin, linkStep, { ...link, url: 'javascript:alert(1)' }], /no http/],
    ['of a link of another kind of step', [begin, started, { ...link, step: 0 }], /adds no link/],
    ['of warnings where none are looked for', [begin, started, { ...finished, warnings: 1 }], /no warnings/],
    [
      'of a command of a step that runs none',
      [begin, linkStep, { kind: 'command-started', step: 3, command: 'true', folder: '', environment: [] }],
      /runs no command/,
    ],
    ['after the end', [begin, { kind: 'build-finished', result: 'success' }, started], /after the end/],
  ])('%s is refused', (_name, facts, why) => {
    const last = after(facts);
    expect(last).toMatchObject({ kind: 'refused', reason: 'journal-malformed' });
    expect(last.kind === 'refused' && last.message).toMatch(why);
  });

  test('of a step that is left out needs no start', () => {
    expect(after([begin, { kind: 'step-finished', step: 1, result: 'skipped' }])).toMatchObject({
      kind: 'applied',
      state: { lastStep: 1, openStep: null },
      changes: [{ kind: 'finish-step', step: 1, name: 'test', started: false }],
    });
  });

  test('that closes a log counts a last line without a line feed', () => {
    const last = after([begin, started, opened, text(0), { ...closed, lines: 2 }]);
    expect(last).toMatchObject({ changes: [{ kind: 'close-log', log: 0, unfinishedLines: 1 }] });
  });

  test('that ends the build may come while a step runs', () => {
    expect(
      after([begin, started, opened, { kind: 'build-finished', result: 'exception', reason: 'slot-lost' }]),
    ).toMatchObject({
      state: { ended: true },
      changes: [{ kind: 'finish-build', result: 'exception', reason: 'slot-lost' }],
    });
  });

  test('over a quota is refused as that', () => {
    const often = { ...fresh, propertyRecords: propertyBounds.sets, seq: 1 };
    expect(after([started, property], often)).toMatchObject({ kind: 'refused', reason: 'quota-exceeded' });
    const much = { ...fresh, propertyBytes: propertyBounds.bytes, seq: 1 };
    expect(after([started, property], much)).toMatchObject({ kind: 'refused', reason: 'quota-exceeded' });
    const large = { ...property, value: 'é'.repeat(propertyBounds.valueBytes - 1) };
    expect(after([begin, started, large])).toMatchObject({ kind: 'refused', reason: 'quota-exceeded' });
    const logs = { ...fresh, logs: quotas.logs, seq: 1 };
    expect(after([started, { ...opened, log: quotas.logs }], logs)).toMatchObject({
      reason: 'quota-exceeded',
    });
  });

  test('does not change the state that it was given', () => {
    const frozen = Object.freeze({ ...fresh });
    expect(applyRecord(frozen, plan, { seq: 0, at: 1, fact: begin }, 1)).toMatchObject({ state: { seq: 1 } });
    expect(frozen.seq).toBe(0);
  });

  test("takes a worker's wrong clock back to what can be", () => {
    expect(saneTime(5, 1_000, 2_000)).toBe(1_000);
    expect(saneTime(1_500.4, 1_000, 2_000)).toBe(1_500);
    expect(saneTime(9_999, 1_000, 2_000)).toBe(2_000);
  });
});
