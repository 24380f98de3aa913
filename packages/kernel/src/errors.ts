/**
 * An error that a user or a caller can do something about. `code` is a literal that programs compare,
 * `message` a sentence that says what was wrong and what to do.
 */
export class MillraceError<Code extends string = string> extends Error {
  override readonly name = 'MillraceError';
  readonly code: Code;

  constructor(code: Code, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The literal code of an error of ours or of Node's (`ENOENT`, `ECONNREFUSED` ...), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return undefined;
}
