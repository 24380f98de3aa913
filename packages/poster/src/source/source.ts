/** One pass over a source's bytes. */
export interface Reading {
  /**
   * The next bytes, never none; undefined at the end.
   *
   * A reading may fill `into` from its start and return a view of what it filled, or leave it alone and
   * return bytes of its own. This is how a file of any size passes through two buffers.
   */
  read(into: Uint8Array): Promise<Uint8Array | undefined>;
  /** Frees what the pass holds, at its end or in its middle. Calling it again does nothing. It never waits for a peer. */
  close(): Promise<void>;
}

/** Where a part's bytes come from. */
export interface Source {
  /** The number of bytes a pass gives, or undefined where only reading tells. */
  readonly lengthBytes: number | undefined;
  /** Whether every `open` gives the same bytes again. */
  readonly replayable: boolean;
  /** Whether it was opened and cannot be again. */
  readonly spent: boolean;
  /** Whether a read may wait for somebody: what has been gathered is then sent before it is asked. */
  readonly live: boolean;
  /** Begins a fresh pass. Throws `NotReplayableError` when spent. */
  open(): Promise<Reading>;
  /** Gives up a source that will not be opened any more, so that no stream is left open. */
  discard(): void;
}

/** The kinds of values that can be sent. */
export type SourceValue =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | SourceOpener
  | Source;

/** A function that gives the same bytes from the start each time it is called: this makes a stream replayable. */
export type SourceOpener = () => Opened | Promise<Opened>;

/** What a `SourceOpener` may give. */
export type Opened =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>;
