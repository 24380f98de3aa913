import type { Fact } from '@millrace/protocol/journal/record';

/** A journal as its facts, and what ending it as lost appends. */
export interface JournalCase {
  readonly name: string;
  readonly facts: readonly Fact[];
  /** Appended by the end; nothing where the journal has its end already. */
  readonly ending: readonly Fact[];
}

const begin: Fact = { kind: 'begin', build: 7, fence: 2, planHash: 'ab'.repeat(32), worker: 'local' };
const lost = { result: 'exception', reason: 'slot-lost', message: 'The slot died.' } as const;
const endOfBuild: Fact = { kind: 'build-finished', ...lost };

function chunk(log: number, firstByte: number, firstLine: number, bytes: number, lines: number): Fact {
  return {
    kind: 'log-chunk',
    log,
    firstByte,
    firstLine,
    bytes,
    lines,
    data: Uint8Array.from({ length: 40 }, (_, i) => i),
  };
}

/** Conformance cases of the journal: each is cut at every byte, ended, and read again. */
export const journalCases: readonly JournalCase[] = [
  { name: 'only begun', facts: [begin], ending: [endOfBuild] },
  {
    name: 'a step runs, its log is open',
    facts: [
      begin,
      { kind: 'step-started', step: 0 },
      { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' },
      chunk(0, 0, 0, 100, 9),
      chunk(0, 100, 9, 50, 1),
    ],
    ending: [
      { kind: 'log-closed', log: 0, lines: 10, bytes: 150 },
      { kind: 'step-finished', step: 0, ...lost },
      endOfBuild,
    ],
  },
  {
    name: 'two logs are open, one has a gap',
    facts: [
      begin,
      { kind: 'step-started', step: 0 },
      { kind: 'log-opened', step: 0, log: 0, name: 'stdout', stream: 'stdout' },
      { kind: 'log-opened', step: 0, log: 1, name: 'stderr', stream: 'stderr' },
      chunk(1, 0, 0, 10, 1),
      { kind: 'log-gap', log: 1, lines: 1000, bytes: 123_456 },
      chunk(1, 123_466, 1001, 20, 2),
    ],
    ending: [
      { kind: 'log-closed', log: 0, lines: 0, bytes: 0 },
      { kind: 'log-closed', log: 1, lines: 1003, bytes: 123_486 },
      { kind: 'step-finished', step: 0, ...lost },
      endOfBuild,
    ],
  },
  {
    name: 'between two steps',
    facts: [
      begin,
      { kind: 'step-started', step: 0 },
      { kind: 'log-opened', step: 0, log: 0, name: 'output', stream: 'combined' },
      chunk(0, 0, 0, 7, 1),
      { kind: 'log-closed', log: 0, lines: 1, bytes: 7 },
      { kind: 'property-set', step: 0, name: 'got', value: 'it' },
      { kind: 'step-finished', step: 0, result: 'success', exitCode: 0 },
    ],
    ending: [endOfBuild],
  },
  {
    name: 'finished',
    facts: [
      begin,
      { kind: 'step-started', step: 0 },
      { kind: 'clocks-stopped', step: 0 },
      { kind: 'clocks-resumed', step: 0, stoppedMs: 1500 },
      { kind: 'step-finished', step: 0, result: 'failure', exitCode: 1 },
      { kind: 'build-finished', result: 'failure' },
    ],
    ending: [],
  },
];
