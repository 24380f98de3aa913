import type { Measured, Row } from './figure.ts';

/** What a bench is given for one run. */
export interface BenchRun {
  /** Of this run alone; removed after it. */
  readonly folder: string;
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
  run(context: BenchRun): Promise<Measured>;
  /** The same work by Buildbot, for the rows that it has. */
  readonly peer?: (context: BenchRun) => Promise<Measured>;
}
