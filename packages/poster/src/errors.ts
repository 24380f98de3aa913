/** What can go wrong, as a word that programs compare. `docs/poster/errors.md` tells what to do about each. */
export type PosterErrorCode =
  /** An option is missing, of the wrong kind, or not known. */
  | 'ERR_POSTER_OPTION'
  /** A param's value is nothing that can be sent. */
  | 'ERR_POSTER_VALUE'
  /** A param's name is empty or differs from its key, or a file name has no base name. */
  | 'ERR_POSTER_NAME'
  /** A header's name or value would break the head apart (CR, LF, NUL), or is not the caller's to set. */
  | 'ERR_POSTER_HEADER'
  /** The boundary is not one that RFC 2046 allows. */
  | 'ERR_POSTER_BOUNDARY'
  /** The content holds the caller's boundary: readers would cut it there. */
  | 'ERR_POSTER_BOUNDARY_IN_CONTENT'
  /** A stated length or range is negative, fractional or beyond the file. */
  | 'ERR_POSTER_LENGTH'
  /** The source gave more or fewer bytes than its length says. */
  | 'ERR_POSTER_LENGTH_MISMATCH'
  /** The file is not there. */
  | 'ERR_POSTER_FILE_MISSING'
  /** This user may not read the file. */
  | 'ERR_POSTER_FILE_FORBIDDEN'
  /** The path is a directory, a device, a pipe or a socket. */
  | 'ERR_POSTER_NOT_A_FILE'
  /** The file is not the one that was measured: it grew, shrank, or was written or replaced since. */
  | 'ERR_POSTER_FILE_CHANGED'
  /** The system could not read the file. */
  | 'ERR_POSTER_FILE_UNREADABLE'
  /** There is no file system here (a browser). */
  | 'ERR_POSTER_NO_FILES'
  /** The source threw while it was read. */
  | 'ERR_POSTER_SOURCE'
  /** The body has to be sent again, and a stream can be read only once. */
  | 'ERR_POSTER_NOT_REPLAYABLE'
  /** No connection to the server. */
  | 'ERR_POSTER_CONNECT'
  /** The TLS handshake failed: a wrong certificate, name or protocol. */
  | 'ERR_POSTER_TLS'
  /** The proxy refused the way, or cut it. */
  | 'ERR_POSTER_PROXY'
  /** The connection was lost before an answer came. */
  | 'ERR_POSTER_RESET'
  /** The answer is not HTTP, or its head is too large. */
  | 'ERR_POSTER_BAD_RESPONSE'
  /** The answer's body is longer than `responseBytesMax`. */
  | 'ERR_POSTER_RESPONSE_TOO_LARGE'
  /** The connection was lost within the answer's body. */
  | 'ERR_POSTER_RESPONSE_CUT'
  /** Nothing moved for `idleMs`, or the answer did not end within `responseMs`. */
  | 'ERR_POSTER_TIMEOUT'
  /** A redirect leads nowhere, from https to http, or round and round. */
  | 'ERR_POSTER_REDIRECT';

/** An upload or an encoding that could not be done. `code` says what, the message says what to do, `cause` why. */
export class PosterError extends Error {
  override readonly name: string = 'PosterError';
  readonly code: PosterErrorCode;

  constructor(code: PosterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A source gave another number of bytes than was said: the upload was stopped before a wrong body was whole. */
export class LengthMismatchError extends PosterError {
  override readonly name = 'LengthMismatchError';
  /** The bytes that were announced. */
  readonly expectedBytes: number;
  /** The bytes seen: all of them for a source that ended early or a file, one block too many for one that did not end. */
  readonly actualBytes: number;

  constructor(
    code: 'ERR_POSTER_LENGTH_MISMATCH' | 'ERR_POSTER_FILE_CHANGED',
    message: string,
    counts: { expectedBytes: number; actualBytes: number },
  ) {
    super(code, message);
    this.expectedBytes = counts.expectedBytes;
    this.actualBytes = counts.actualBytes;
  }
}
