import type { PropertyValue } from '../property.ts';
import type { LogStream, PlannedLimit } from '../plan.ts';
import type { Reason, Result } from '../result.ts';

/**
 * What a build's journal says, one fact a record. The records of one build, in order, are the build:
 * a master that has applied the same records knows the same things, whoever it is.
 *
 * Steps are named by their index in the plan, logs by a number that the journal itself gives out
 * (0, 1, 2 ... in the order in which they were opened).
 */
export type Fact =
  /** Always the first record, and never a later one. */
  | {
      readonly kind: 'begin';
      readonly build: number;
      readonly fence: number;
      readonly planHash: string;
      readonly worker: string;
    }
  | { readonly kind: 'step-started'; readonly step: number }
  | {
      readonly kind: 'log-opened';
      readonly step: number;
      readonly log: number;
      readonly name: string;
      readonly stream: LogStream;
    }
  | LogChunk
  /** Output over `logBytesMax` that was not kept. Line numbers after it stay those of the output. */
  | { readonly kind: 'log-gap'; readonly log: number; readonly lines: number; readonly bytes: number }
  /** `lines` and `bytes` are of the output, the gap included. */
  | { readonly kind: 'log-closed'; readonly log: number; readonly lines: number; readonly bytes: number }
  /** What a try of a step runs. Secrets are masked, and what is long is cut. */
  | {
      readonly kind: 'command-started';
      readonly step: number;
      /** As a shell would be given it. */
      readonly command: string;
      /** Below the build's folder. */
      readonly folder: string;
      /** Names of the environment variables that it sees. */
      readonly environment: readonly string[];
    }
  /** The step ended so, and is run again in `nextInMs`. `try` counts from 1. */
  | {
      readonly kind: 'try-ended';
      readonly step: number;
      readonly try: number;
      readonly result: Result;
      readonly reason?: Reason;
      readonly exitCode?: number;
      readonly signal?: string;
      readonly limit?: PlannedLimit;
      readonly message?: string;
      readonly nextInMs: number;
    }
  | {
      readonly kind: 'property-set';
      readonly step: number;
      readonly name: string;
      readonly value: PropertyValue;
    }
  /** Its label is the plan's. */
  | { readonly kind: 'link-added'; readonly step: number; readonly url: string }
  /** The clock of a limit stands still (the spool is full) or goes on; told so that a long step explains itself. */
  | { readonly kind: 'clocks-stopped'; readonly step: number }
  | { readonly kind: 'clocks-resumed'; readonly step: number; readonly stoppedMs: number }
  | {
      readonly kind: 'step-finished';
      readonly step: number;
      readonly result: Result;
      readonly reason?: Reason;
      /** The command's own end, where it had one. */
      readonly exitCode?: number;
      readonly signal?: string;
      /** Which limit ended it, for the reason `timed-out`. */
      readonly limit?: PlannedLimit;
      /** A sentence for people: what could not be done, and why; of a step that is skipped, why. */
      readonly message?: string;
      /** How many lines of output were warnings, where the plan asks for them. */
      readonly warnings?: number;
    }
  /** Always the last record. */
  | {
      readonly kind: 'build-finished';
      readonly result: Result;
      readonly reason?: Reason;
      readonly message?: string;
    };

/** A piece of a log: at most {@link chunkRawBytesMax} bytes before compression. */
export interface LogChunk {
  readonly kind: 'log-chunk';
  readonly log: number;
  /** Where it stands in the log: bytes and lines of output before it. */
  readonly firstByte: number;
  readonly firstLine: number;
  /** How much it holds, before compression; `lines` counts its line feeds. */
  readonly bytes: number;
  readonly lines: number;
  /** One zstd frame that states its content size. */
  readonly data: Uint8Array;
}

/** The largest chunk before compression. Measured: 64 KiB 234, 128 KiB 262, 256 KiB 257 MB/s through the whole path. */
export const chunkRawBytesMax = 128 * 1024;

/** The largest record on the wire and on disk: zstd's bound for an incompressible chunk, and room for the header. */
export const recordBytesMax = chunkRawBytesMax + 8 * 1024;

/** Bounds of `command-started`: characters of the command, and of all names together. */
export const commandLengthMax = 8_000;
export const environmentLengthMax = 16_000;

/** A fact with its place and time in the journal. */
export interface Entry {
  /** 0 for `begin`, then one more each. */
  readonly seq: number;
  /** Milliseconds since 1970 by the worker's clock. */
  readonly at: number;
  readonly fact: Fact;
}

/** A place between two records: what stands before it is known to be the same on both sides. */
export interface Position {
  /** The number of the next record. */
  readonly seq: number;
  /** The chain's hash over every record before it, 64 hex digits. */
  readonly hash: string;
  /** How many bytes of the journal file stand before it. */
  readonly byte: number;
}
