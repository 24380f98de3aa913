import { MillraceError } from '@millrace/kernel/errors';

/** One thing that is wrong with a config. */
export interface ConfigProblem {
  /** Where in the config's value: `builders[2].workers[0]`. Empty: the config as a whole. */
  readonly path: string;
  /** What was expected, what was there, and what to do. */
  readonly message: string;
  /** Where in which file, as far as it is known; both counted from 1. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * - `config-missing`: there is no such file;
 * - `config-syntax`: it, or a module that it imports, is not TypeScript or JavaScript;
 * - `config-threw`: its code threw, ended the thread, or used up its memory;
 * - `config-timeout`: its code did not come to an end;
 * - `config-invalid`: what it says is wrong, in these places.
 */
export type ConfigErrorCode =
  | 'config-missing'
  | 'config-syntax'
  | 'config-threw'
  | 'config-timeout'
  | 'config-invalid';

/** A config that cannot be used, with all that is wrong with it. */
export class ConfigError extends MillraceError<ConfigErrorCode> {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(code: ConfigErrorCode, file: string, problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(code, [`${file} has ${count}:`, ...problems.map((one) => `  ${problemLine(one)}`)].join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

/** A problem on one line: `builders[0].workers[1]: unknown worker ...` or `FILE:LINE:COLUMN: ...`. */
export function problemLine(problem: ConfigProblem): string {
  const place =
    problem.file === undefined
      ? ''
      : [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  return [place, problem.path, problem.message].filter((part) => part !== '').join(': ');
}
