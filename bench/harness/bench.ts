import type { Measured, Row } from './figure.ts';

/** What a bench is given for one run. */
export interface BenchRun {
  /** Of this run alone; removed after it. */
  readonly folder: string;
  /** Of the whole command: what is dear to make is made here once. Removed at the end. */
  readonly shared: string;
  /** Sizes are small, to see that the bench works: its figures are not those of the rows. */
  readonly quick: boolean;
  /** For people, while they wait. */
  readonly tell: (text: string) => void;
}

/** Something that is measured in one go, and gives one row or several. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** How often it is run for its medians: once where a run takes over five minutes. */
  readonly runs: number;
  /** Within which one run has come to its end, or is given up. */
  readonly minutesMax: number;
  /** Each run is made once more in memory, where fsync costs nothing: rows of their own, named `…-without-fsync`. */
  readonly withoutFsyncToo?: boolean;
  run(context: BenchRun): Promise<Measured>;
  /** The same work by Buildbot, for the rows that it has. */
  readonly peer?: (context: BenchRun) => Promise<Measured>;
}

/** Something that a bench needs is not here. Its message says what, and how it is got. */
export class CannotMeasure extends Error {}
