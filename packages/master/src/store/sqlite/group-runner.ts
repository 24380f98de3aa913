import type { Call, Outcome } from './call.ts';
import type { GroupResult } from './engine.ts';

/** Where operations are run: in this thread, or in one of the store's own. One group at a time. */
export interface GroupRunner {
  commitGroup(calls: readonly Call[]): Promise<GroupResult>;
  query(call: Call): Promise<Outcome>;
  close(): Promise<void>;
}
