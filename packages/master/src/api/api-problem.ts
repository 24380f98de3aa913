import type { Problem } from '@millrace/protocol/api/common';

export interface FieldError {
  /** Where it was wrong: `limit`, `properties.colour`. */
  readonly field: string;
  readonly message: string;
}

/** Thrown by a handler: the caller is answered with it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** A literal that programs compare. */
  readonly code: string;
  readonly errors: readonly FieldError[];

  /** @param detail a sentence that says what was wrong and what to do */
  constructor(status: number, code: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  /** As it is sent. */
  body(): Problem {
    const { status, code, message: detail, errors } = this;
    const words = code.replaceAll('-', ' ');
    return {
      type: `urn:millrace:problem:${code}`,
      title: words.charAt(0).toUpperCase() + words.slice(1),
      status,
      code,
      detail,
      ...(errors.length > 0 && { errors: [...errors] }),
    };
  }
}

/** Something of which only a number is known is not there. */
export function unknownNumber(kind: string, id: number): ApiProblem {
  return new ApiProblem(404, `unknown-${kind}`, `There is no ${kind} ${id}.`);
}

/** One field is wrong in a way that no schema tells. */
export function invalidField(field: string, message: string): ApiProblem {
  return new ApiProblem(400, 'invalid-input', `The call was not understood: ${field} ${message}.`, [
    { field, message },
  ]);
}
