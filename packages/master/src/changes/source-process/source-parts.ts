import { messageOf } from '@millrace/kernel/errors';
import type { ReadSecret } from '../../config/read-secret.ts';
import type { SourceCredentials } from '../../config/source-config.ts';
import { SourceError } from '../source-trouble.ts';
import type { Programs } from './run-program.ts';

/** What git and hg are asked with. */
export interface SourceParts {
  /** Where copies of repositories that lie elsewhere are kept. */
  readonly mirrorsFolder: string;
  readonly programs: Programs;
  readonly readSecret: ReadSecret;
  /** The environment of this process. */
  readonly env: NodeJS.ProcessEnv;
  readonly limits: SourceLimits;
}

export interface SourceLimits {
  /** A question that nothing but this machine answers. */
  readonly localMs: number;
  /** Asking a remote repository for its heads. */
  readonly askMs: number;
  /** What is kept of one repository. */
  readonly mirrorBytes: number;
}

export const sourceLimits: SourceLimits = {
  localMs: 20_000,
  askMs: 60_000,
  mirrorBytes: 20 * 1024 ** 3,
};

/** Told of a repository; of more the first are kept. */
export const filesMax = 10_000;
export const messageLengthMax = 100_000;

/** The password that the credentials name; null where they name none. @throws SourceError `secret-missing` */
export function passwordOf(credentials: SourceCredentials | null, read: ReadSecret): string | null {
  if (!credentials?.password) return null;
  try {
    return read(credentials.password);
  } catch (error) {
    throw new SourceError('secret-missing', `Its password is missing: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}
