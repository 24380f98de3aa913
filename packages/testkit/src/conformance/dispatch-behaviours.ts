import { cancelBehaviours } from './cancel-behaviours.ts';
import { claimBehaviours } from './claim-behaviours.ts';
import { helloBehaviours } from './hello-behaviours.ts';
import { holdBehaviours } from './hold-behaviours.ts';
import { leaseBehaviours } from './lease-behaviours.ts';
import { silenceBehaviours } from './silence-behaviours.ts';
import type { OpenedStore } from './opened-store.ts';

/** What claims, hellos, the judgement over silence, cancelling and the leases promise, on every store. */
export function dispatchBehaviours(name: string, open: () => Promise<OpenedStore>): void {
  claimBehaviours(name, open);
  helloBehaviours(name, open);
  silenceBehaviours(name, open);
  cancelBehaviours(name, open);
  leaseBehaviours(name, open);
  holdBehaviours(name, open);
}
