import { below } from '@millrace/kernel/random';
import { encodeRecord } from '@millrace/protocol/journal/codec';
import type { Fact } from '@millrace/protocol/journal/record';
import type { JournalFile } from '@millrace/worker/journal/journal-file';
import { listJournals } from '@millrace/worker/journal/journal-file';
import { nothingSaid, said } from '@millrace/worker/journal/journal-summary';
import type { JournalSummary } from '@millrace/worker/journal/journal-summary';
import { walkJournal } from '@millrace/worker/journal/recover-journal';
import type { WorkerMachine } from './worker-machine.ts';
import type { World } from './world.ts';

/** How near to its end a journal is spoiled: what the master does not have yet stands there. */
const nearEndBytes = 1_500;

/** A disk that gives back another byte than was written. */
export function corruptJournal(world: World, first: WorkerMachine): void {
  const found = someJournal(world, first);
  if (found === undefined) return;
  const { machine, file } = found;
  const bytes = machine.disk.open(file.path);
  const at = Math.max(0, bytes.size() - 1 - below(world.random, nearEndBytes));
  const [byte = 0] = bytes.read(at, 1);
  world.trace.say(machine.name, `byte ${at} of ${file.path} is spoiled`);
  machine.noteDamage();
  machine.disk.overwrite(file.path, at, Uint8Array.of(byte ^ (1 << below(world.random, 8))));
}

/**
 * A slot with a fault writes something that does not belong where it stands, chained as it should be. The slot
 * itself knows nothing of it, so that what it writes next does not go on from there.
 */
export function writeForeignRecord(world: World, first: WorkerMachine, choice: number): void {
  const found = someJournal(world, first);
  if (found === undefined) return;
  const { machine, file } = found;
  const bytes = machine.disk.open(file.path);
  let summary = nothingSaid;
  const { position, stopped } = walkJournal(bytes, file.base, file.base, ({ fact }) => {
    summary = said(summary, fact);
  });
  if (stopped.kind !== 'end' || summary.end !== undefined) return;
  const facts = foreignFacts(file, summary);
  const fact = facts[choice % facts.length];
  if (fact === undefined) return;
  world.trace.say(machine.name, `a foreign record (${fact.kind}) in ${file.path}`);
  machine.noteDamage();
  machine.disk.overwrite(file.path, bytes.size(), encodeRecord(position, world.clock.now(), fact).bytes);
}

/** Of this machine, or of the next that builds anything. */
function someJournal(
  world: World,
  first: WorkerMachine,
): { readonly machine: WorkerMachine; readonly file: JournalFile } | undefined {
  for (const machine of [first, ...world.machines]) {
    const files = listJournals(machine.disk, '/spool');
    if (files.length > 0) return { machine, file: world.random.pick(files) };
  }
  return undefined;
}

/** Facts that no slot would write there, and one that it might. None of them adds to what a log says. */
function foreignFacts({ build, fence }: JournalFile, { openLogs, runningStep }: JournalSummary): Fact[] {
  const [log, tally] = [...openLogs][0] ?? [0, { bytes: 0, lines: 0 }];
  const step = runningStep ?? 0;
  const chunk = {
    kind: 'log-chunk',
    log,
    firstByte: tally.bytes,
    firstLine: tally.lines,
    bytes: 20,
    lines: 1,
    data: new Uint8Array(20),
  } as const;
  return [
    { kind: 'begin', build, fence, planHash: '0'.repeat(64), worker: 'nobody' },
    { kind: 'property-set', step: 0, name: 'colour', value: 'blue' },
    { kind: 'step-started', step },
    { kind: 'step-started', step: 99 },
    { kind: 'step-finished', step: 99, result: 'success' },
    { kind: 'step-finished', step, result: 'success' },
    { kind: 'log-opened', step: 99, log: 0, name: 'output', stream: 'stdout' },
    { kind: 'log-opened', step, log: 99, name: 'output', stream: 'stdout' },
    chunk,
    { ...chunk, firstByte: tally.bytes + 1 },
    { ...chunk, firstLine: tally.lines + 1 },
    { ...chunk, log: 99 },
    { kind: 'log-gap', log: 99, lines: 1, bytes: 10 },
    { kind: 'log-gap', log, lines: 11, bytes: 10 },
    { kind: 'log-closed', log, lines: tally.lines, bytes: tally.bytes + 1 },
  ];
}
