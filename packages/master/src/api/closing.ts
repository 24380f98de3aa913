import type { Clock, Timer } from '@millrace/kernel/clock';
import type { Api } from './api.ts';

/** So long a server that closes waits for the calls that are under way. */
export const closeMsMax = 2_000;

/**
 * Bounds how long a close takes: after a while all connections are ended. Node closes those that are idle after a
 * call, and would wait for ever for one that has never said anything, as browsers open them in advance.
 */
export function boundClosing(api: Api, clock: Clock): void {
  let timer: Timer | undefined;
  api.addHook('preClose', () => {
    timer = clock.after(closeMsMax, () => api.server.closeAllConnections());
    return Promise.resolve();
  });
  api.addHook('onClose', () => {
    timer?.cancel();
    return Promise.resolve();
  });
}
