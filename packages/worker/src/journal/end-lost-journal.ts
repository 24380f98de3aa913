import type { Clock } from '@millrace/kernel/clock';
import type { MillraceError } from '@millrace/kernel/errors';
import type { Fact, Position } from '@millrace/protocol/journal/record';
import type { Disk } from '../disk.ts';
import { isFull, JournalWriter } from './journal-writer.ts';
import type { JournalFile } from './journal-file.ts';
import { journalFile, removeJournal } from './journal-file.ts';
import { recoverJournal } from './recover-journal.ts';
import type { RecoveredJournal } from './recover-journal.ts';

/**
 * - `ended`: the journal has its end, now or before; replicate it.
 * - `removed`: not even its first record was whole, and no store has any: the build was never begun here.
 * - `full`: no room for the end; try again later.
 * - `malformed`: a record that nothing may be appended to; replicate it as it is.
 */
export type LostJournal =
  | { readonly kind: 'ended'; readonly file: JournalFile; readonly position: Position }
  | { readonly kind: 'removed' }
  | { readonly kind: 'full' }
  | { readonly kind: 'malformed'; readonly file: JournalFile; readonly error: MillraceError };

export interface LostJournalOptions {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly spool: string;
  /** Why, for people. */
  readonly message: string;
}

/**
 * Ends the journal of a slot that is dead: cuts a torn tail, closes what was open, and says `slot-lost`. Doing
 * it again changes nothing. The caller knows that the slot is dead: two who append would write over each other.
 *
 * `stored` is the store's position, where the store knows the build. Where it is ahead of the file, the machine
 * lost what it had already sent: the end is written at the store's position, into a file that begins there.
 * What is open there only the store knows, so the end alone is said.
 */
export function endLostJournal(
  file: JournalFile,
  stored: Position | undefined,
  options: LostJournalOptions,
): LostJournal {
  const recovered = recoverJournal(options.disk, file);
  if (recovered.malformed !== undefined) return { kind: 'malformed', file, error: recovered.malformed };
  if (stored !== undefined && stored.seq > recovered.position.seq) return endAt(file, stored, options);
  if (recovered.ended) return { kind: 'ended', file, position: recovered.position };
  if (recovered.position.seq === 0) {
    removeJournal(options.disk, options.spool, file);
    return { kind: 'removed' };
  }
  const writer = JournalWriter.resume(options.clock, options.disk, file, recovered.position);
  return appendAll(writer, file, lastFacts(recovered, options.message));
}

function endAt(file: JournalFile, stored: Position, options: LostJournalOptions): LostJournal {
  const end = journalFile(options.spool, file, stored);
  let writer: JournalWriter;
  try {
    // An earlier try may have died, or met a full disk, in the middle.
    options.disk.remove(end.path);
    writer = JournalWriter.create(options.clock, options.disk, end);
  } catch (thrown) {
    if (isFull(thrown)) return { kind: 'full' };
    throw thrown;
  }
  const ended = appendAll(writer, end, [endOfBuild(options.message)]);
  if (ended.kind === 'ended' && end.path !== file.path) options.disk.remove(file.path);
  return ended;
}

function appendAll(writer: JournalWriter, file: JournalFile, facts: readonly Fact[]): LostJournal {
  try {
    for (const fact of facts) if (writer.append(fact) === 'full') return { kind: 'full' };
    return { kind: 'ended', file, position: writer.position };
  } finally {
    writer.close();
  }
}

function lastFacts({ summary }: RecoveredJournal, message: string): readonly Fact[] {
  const facts: Fact[] = [];
  for (const [log, tally] of summary.openLogs) facts.push({ kind: 'log-closed', log, ...tally });
  if (summary.runningStep !== undefined)
    facts.push({
      kind: 'step-finished',
      step: summary.runningStep,
      result: 'exception',
      reason: 'slot-lost',
      message,
    });
  facts.push(endOfBuild(message));
  return facts;
}

function endOfBuild(message: string): Fact {
  return { kind: 'build-finished', result: 'exception', reason: 'slot-lost', message };
}
