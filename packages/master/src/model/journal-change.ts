import type { LogChunk } from '@millrace/protocol/journal/record';
import type { PropertyValue } from '@millrace/protocol/property';
import type { LogStream, PlannedLimit } from '@millrace/protocol/plan';
import type { Reason, Result } from '@millrace/protocol/result';

/** What a record does to the rows of its build. `log` is the journal's number. Times are
 * milliseconds since 1970, never before the build was given out and never after the store's now. */
export type JournalChange =
  | {
      readonly kind: 'start-step';
      readonly step: number;
      readonly name: string;
      readonly logBytesMax: number;
      readonly at: number;
    }
  | {
      readonly kind: 'open-log';
      readonly step: number;
      readonly log: number;
      readonly name: string;
      readonly stream: LogStream;
    }
  | { readonly kind: 'add-chunk'; readonly chunk: LogChunk; readonly at: number }
  | {
      readonly kind: 'add-gap';
      readonly log: number;
      readonly firstByte: number;
      readonly firstLine: number;
      readonly bytes: number;
      readonly lines: number;
      readonly at: number;
    }
  /** `unfinishedLines` is 1 where the last line has no line feed: no chunk has counted it. */
  | {
      readonly kind: 'close-log';
      readonly log: number;
      readonly unfinishedLines: 0 | 1;
    }
  | {
      readonly kind: 'tell-command';
      readonly step: number;
      readonly command: StepCommand;
    }
  | {
      readonly kind: 'end-try';
      readonly step: number;
      readonly try: number;
      readonly result: Result;
      readonly reason: Reason | null;
      readonly message: string | null;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly nextInMs: number;
      readonly at: number;
    }
  | { readonly kind: 'add-link'; readonly step: number; readonly label: string; readonly url: string }
  | {
      readonly kind: 'set-property';
      readonly step: number;
      readonly name: string;
      readonly value: PropertyValue;
      readonly source: string;
    }
  | { readonly kind: 'add-stopped-ms'; readonly step: number; readonly stoppedMs: number }
  | {
      readonly kind: 'finish-step';
      readonly step: number;
      readonly name: string;
      /** False: it was left out, and has no row yet. */
      readonly started: boolean;
      readonly result: Result;
      readonly reason: Reason | null;
      readonly message: string | null;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly limit: PlannedLimit | null;
      readonly warnings: number;
      readonly at: number;
    }
  | {
      readonly kind: 'finish-build';
      readonly result: Result;
      readonly reason: Reason | null;
      readonly message: string | null;
    };

/** What a step runs, as its row keeps it. */
interface StepCommand {
  readonly command: string;
  readonly folder: string;
  /** Names of the variables that it sees. */
  readonly environment: readonly string[];
}
