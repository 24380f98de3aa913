import type { Timer } from '@millrace/kernel/clock';
import type { Holding, RunOrder } from '@millrace/protocol/agent/messages';
import type { Reason } from '@millrace/protocol/result';
import type { Replica } from './replica.ts';

/**
 * A build that a master has given to this worker, or whose journal lies on its disk:
 *
 *   ordered ---its slot begins the journal---> replicating ---the end is committed---> gone
 *      |  refused                                  |  fenced, its slot is quiet
 *      +----------------> gone <-------------------+
 */
export interface HeldBuild extends Holding {
  /** Given, and no slot has taken it yet. */
  order?: PendingOrder | undefined;
  /** Its journal, from when it is on disk. */
  replica?: Replica | undefined;
  cancel?: { readonly reason: Reason; readonly message: string } | undefined;
  /** Somebody else holds it: nothing is sent any more, and the journal goes when no slot writes it. */
  fenced: boolean;
  /** Up to this byte its slot knows the journal to be committed. */
  toldByte?: number;
  /** No slot runs it any more, and its journal was read again since. */
  abandoned?: boolean;
}

export interface PendingOrder {
  readonly order: RunOrder;
  /** The connection of the slot's link (`times`) on which it was sent. */
  sentOn?: number | undefined;
  /** Gives up waiting for the slot. */
  readonly timer: Timer;
}

/** Names a build in a map. */
export function keyOf(holding: Holding): string {
  return `${holding.build}-${holding.fence}`;
}
