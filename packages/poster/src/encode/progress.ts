/** How far one param is. */
export interface PartProgress {
  readonly name: string;
  readonly fileName: string | undefined;
  /** The param's place in the form, from 0. */
  readonly index: number;
  /** Bytes of its content sent so far. */
  readonly sentBytes: number;
  /** All bytes of its content, if that is known. */
  readonly totalBytes: number | undefined;
  /** Whether all of it is sent. */
  readonly done: boolean;
}

/** How far the whole body is: its content and the form's own bytes around it. */
export interface Progress {
  readonly sentBytes: number;
  /** What Content-Length says; undefined if a source's length is not known. */
  readonly totalBytes: number | undefined;
  /** Bytes a second over the last seconds; 0 before time has passed. */
  readonly bytesPerSecond: number;
  /** Time left at that speed; undefined before there is a speed, or without a total. */
  readonly secondsLeft: number | undefined;
  /** The param that was sent last, if one was begun. */
  readonly part: PartProgress | undefined;
}

/** Told after each write. An error it throws ends the upload. */
export type ProgressListener = (progress: Progress) => void;
