import type { Holding, RunOrder } from '@millrace/protocol/agent/messages';
import type { Reason } from '@millrace/protocol/result';

/*
 * What an agent and a slot say to each other over a local socket, as lines of JSON. The journal itself is
 * not sent: both open its file. A slot says where its journal ends, and the agent reads up to there.
 *
 * The slot listens, because it outlives agents, and it serves several connections at once: the agent's, that
 * of a new agent while the old one's end has not been noticed yet, and the supervisor's, which only watches
 * that the slot lives. It tells all of them the same, but those that want to be told nothing, and takes orders
 * from any.
 */
export type ToSlot =
  /** Answered by `slot-state`. A slot that has a build, or finds the build's journal on disk, refuses. */
  | { readonly type: 'run'; readonly order: RunOrder }
  | ({ readonly type: 'cancel'; readonly reason: Reason; readonly message: string } & Holding)
  /** The build is somebody else's now: end the tree, write nothing more. */
  | ({ readonly type: 'fenced' } & Holding)
  /**
   * Which logs of the running build are watched, by journal number, and how long their output waits for more, which
   * goes by how many are watched on the whole machine. Absent, as of an agent of before: by these alone.
   */
  | { readonly type: 'watched'; readonly logs: readonly number[]; readonly windowMs?: number }
  /** The master has committed up to this byte: how full the spool is. */
  | ({ readonly type: 'acknowledged'; readonly byte: number } & Holding)
  /** A heartbeat that was sent this long ago has been answered: some master heard of this worker then. */
  | { readonly type: 'heard'; readonly agoMs: number }
  /** The disk is low: a slot without a build removes the build folder that it has used least recently. */
  | { readonly type: 'make-room' }
  /** Whoever says so only wants to see that the slot lives: on this connection nothing more is told. */
  | { readonly type: 'tell-nothing' };

export type FromSlot =
  /** Said at connection (a running build's `grown` follows it), and whenever it changes. */
  | { readonly type: 'slot-state'; readonly slot: number; readonly build: Holding | null }
  | ({ readonly type: 'refused'; readonly message: string } & Holding)
  /**
   * The journal has whole records up to `byte`. `urgent`: send now; otherwise the agent may collect for a
   * second or two (log output that nobody watches). `inWindow`: urgent, at the end of a window that other slots keep
   * as well, so that theirs is on its way too.
   */
  | ({
      readonly type: 'grown';
      readonly byte: number;
      readonly urgent: boolean;
      readonly inWindow?: boolean;
    } & Holding)
  /** The last record is written; the slot is ready for the next build. */
  | ({ readonly type: 'ended'; readonly byte: number } & Holding);
