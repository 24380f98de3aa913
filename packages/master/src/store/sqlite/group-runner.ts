import type { SignalWants } from '../operation.ts';
import type { Call } from './call.ts';
import type { GroupResult } from './engine.ts';

/** Where groups of operations are committed: in this thread, or in one of the store's own. One at a time. */
export interface GroupRunner {
  commitGroup(calls: readonly Call[], wants: SignalWants): Promise<GroupResult>;
  close(): Promise<void>;
}
