import { exitCodes } from '../client/exit-code.ts';

/** What a command that runs a build here exits with, in words. */
export const runExitCodes = {
  [exitCodes.success]: 'success or warnings',
  [exitCodes.failure]: 'failure',
  [exitCodes.usage]: 'wrong usage',
  [exitCodes.exception]: 'exception or cancelled',
} as const;
