/**
 * Why no figures could be given.
 *
 * - `invalid-path`: empty, with a NUL byte, a URL that is no `file:` URL, or a loop of symbolic links.
 * - `nothing-exists`: neither the path nor any parent of it exists (a drive that is not there).
 * - `access-denied`: the user of this process may not look there.
 * - `unreadable`: the system answered with another error; see `cause`.
 */
export type DiskSpaceErrorCode = 'invalid-path' | 'nothing-exists' | 'access-denied' | 'unreadable';

/** The one kind of error that this package makes. `cause` holds the system's own error where there is one. */
export class DiskSpaceError extends Error {
  override readonly name = 'DiskSpaceError';
  readonly code: DiskSpaceErrorCode;
  /** The path as it was asked for. */
  readonly path: string;

  constructor(code: DiskSpaceErrorCode, path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }
}
