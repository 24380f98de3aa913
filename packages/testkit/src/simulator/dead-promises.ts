import { ProcessKilled } from '../memory-disk.ts';

/**
 * While a world runs, the promises of its dead processes are rejected and nobody looks: that is no fault.
 * Any other rejection that nobody looks at is told. Answers the way back to what was before.
 */
export function buryDeadPromises(onTrouble: (error: unknown) => void): () => void {
  const before = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => {
    if (!(reason instanceof ProcessKilled)) onTrouble(reason);
  });
  return () => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of before) process.on('unhandledRejection', listener);
  };
}
