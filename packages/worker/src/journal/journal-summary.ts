import { unreachable } from '@millrace/kernel/assert';
import type { Fact } from '@millrace/protocol/journal/record';

/** How much of a log a journal holds: what its `log-closed` says. The gap is counted. */
interface LogTally {
  readonly lines: number;
  readonly bytes: number;
}

/** What a journal has said so far, as far as ending it needs. */
export interface JournalSummary {
  /** The first record, where it is there. */
  readonly begin: Extract<Fact, { kind: 'begin' }> | undefined;
  readonly runningStep: number | undefined;
  /** Logs that have been opened and not closed, by number. */
  readonly openLogs: ReadonlyMap<number, LogTally>;
  readonly end: Extract<Fact, { kind: 'build-finished' }> | undefined;
}

export const nothingSaid: JournalSummary = {
  begin: undefined,
  runningStep: undefined,
  openLogs: new Map(),
  end: undefined,
};

export function isOver(summary: JournalSummary): boolean {
  return summary.end !== undefined;
}

/** The summary after one more fact. */
export function said(summary: JournalSummary, fact: Fact): JournalSummary {
  switch (fact.kind) {
    case 'begin':
      return { ...summary, begin: fact };
    case 'step-started':
      return { ...summary, runningStep: fact.step };
    case 'log-opened':
      return { ...summary, openLogs: new Map(summary.openLogs).set(fact.log, { lines: 0, bytes: 0 }) };
    case 'log-chunk':
    case 'log-gap':
      return { ...summary, openLogs: grown(summary.openLogs, fact) };
    case 'log-closed': {
      const openLogs = new Map(summary.openLogs);
      openLogs.delete(fact.log);
      return { ...summary, openLogs };
    }
    case 'step-finished':
      return { ...summary, runningStep: undefined };
    case 'build-finished':
      return { ...summary, end: fact };
    case 'command-started':
    case 'try-ended':
    case 'property-set':
    case 'link-added':
    case 'clocks-stopped':
    case 'clocks-resumed':
      return summary;
    default:
      return unreachable(fact);
  }
}

function grown(
  openLogs: ReadonlyMap<number, LogTally>,
  part: LogTally & { readonly log: number },
): ReadonlyMap<number, LogTally> {
  const tally = openLogs.get(part.log);
  if (tally === undefined) return openLogs;
  return new Map(openLogs).set(part.log, {
    lines: tally.lines + part.lines,
    bytes: tally.bytes + part.bytes,
  });
}
