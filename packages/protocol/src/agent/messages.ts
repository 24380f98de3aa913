import type { Position } from '../journal/record.ts';
import type { Plan } from '../plan.ts';
import type { Reason } from '../result.ts';

/*
 * What an agent and a master say to each other, over one WebSocket at `/api/v1/agent`.
 *
 * The agent connects, says `hello`, and is answered by `welcome` or `refusal`. From then on the agent sends
 * journal records as binary frames (`frame.ts`) and both send these messages as JSON text. Nothing here is
 * the truth: whatever is lost with a connection is found again by the next `hello`, which compares the
 * journals on the worker with the store.
 */
export const agentProtocolVersion = 1;

/** A build on a worker: the number alone is not enough, the fence tells the holders apart. */
export interface Holding {
  readonly build: number;
  readonly fence: number;
}

export type FromAgent =
  | {
      readonly type: 'hello';
      readonly version: number;
      readonly worker: string;
      /** Made once with the spool's folder: another spool under the same name is another machine. */
      readonly spool: string;
      readonly slots: number;
      readonly facts: WorkerFacts;
      /** Every journal on the worker's disk. `ended`: its last record is there. */
      readonly journals: readonly (Holding & { readonly ended: boolean })[];
      readonly room: Room;
      /** What the worker's clock says, in milliseconds since 1970. Who tells it understands `note`. */
      readonly clock?: number;
    }
  /** Answered by `heard` with the same number. */
  | { readonly type: 'heartbeat'; readonly number: number }
  /** A build that was given out cannot be run here, and no journal was begun. */
  | ({ readonly type: 'refused'; readonly message: string } & Holding)
  /** The journal here ends before the store's position: its file was restored, or the machine lost its tail. */
  | ({ readonly type: 'forked'; readonly byte: number } & Holding)
  | { readonly type: 'room'; readonly room: Room };

/** Whether the worker takes new builds, and if not, why in words for people. */
export type Room = { readonly accepts: true } | { readonly accepts: false; readonly message: string };

/** What an agent tells about its machine, once at each hello. */
export interface WorkerFacts {
  /** As Node names it: `linux`, `darwin`. */
  readonly os: string;
  /** Of the operating system's kernel. */
  readonly release?: string;
  readonly architecture: string;
  readonly hostname: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Of millrace. */
  readonly version: string;
  /** What the machine was made of: `MILLRACE_IMAGE` where it is set, else what `/etc/os-release` calls itself. */
  readonly image?: string;
  /** Versions of well-known tools that were found, by their names. */
  readonly tools?: Readonly<Record<string, string>>;
}

/** Bounds of what a worker tells of its tools. */
export const toolsMax = 100;

export type FromMaster =
  | {
      readonly type: 'welcome';
      readonly version: number;
      readonly master: string;
      readonly heartbeatMs: number;
      readonly lostAfterMs: number;
      /** How many unacknowledged journal bytes one build may have under way. */
      readonly creditBytes: number;
      /** One verdict for each journal of the hello, in its order. */
      readonly journals: readonly Verdict[];
      /** What the store says runs here and the hello did not name. */
      readonly run: readonly RunOrder[];
      readonly watched: readonly LogName[];
      /** What whoever keeps the worker should know: its token ends soon, its clock is off. */
      readonly notes?: readonly string[];
    }
  /** For whoever keeps the worker: its log says it. Sent only to who told its `clock`. */
  | { readonly type: 'note'; readonly message: string }
  | { readonly type: 'refusal'; readonly code: RefusalCode; readonly message: string }
  | ({ readonly type: 'run' } & RunOrder)
  /** Committed up to here. */
  | ({ readonly type: 'acknowledged'; readonly position: Position } & Holding)
  /** A gap: send again from here. */
  | ({ readonly type: 'wanted'; readonly position: Position } & Holding)
  /** All is committed, the end too: the journal may be removed. Said in place of the last `acknowledged`. */
  | ({ readonly type: 'done' } & Holding)
  /** Not yours any more: end its commands, remove its journal. */
  | ({ readonly type: 'fenced'; readonly message: string } & Holding)
  | ({ readonly type: 'cancel'; readonly reason: Reason; readonly message: string } & Holding)
  | { readonly type: 'heard'; readonly number: number }
  | ({ readonly type: 'watch'; readonly on: boolean } & LogName);

/** Journals known to the store go on from `position`, which is the store's; the agent keeps none of its own. */
export type Verdict = Holding &
  (
    | {
        readonly kind: 'resume';
        readonly position: Position;
        readonly cancel?: { readonly reason: Reason; readonly message: string };
      }
    | { readonly kind: 'done' }
    | { readonly kind: 'fenced'; readonly message: string }
  );

export interface RunOrder extends Holding {
  /** From 0: which of the worker's slots the store gave it. */
  readonly slot: number;
  readonly planHash: string;
  readonly plan: Plan;
  readonly builder: string;
  readonly number: number;
  /** Of the worker, as they are recorded with the build. Absent: it was given out before they were. */
  readonly facts?: WorkerFacts;
  /**
   * The values of the plan's secrets, by name. They are read anew for each order, and written down nowhere: neither
   * by the master, nor by the agent, nor by the slot.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Those that the master does not have, by name: why. */
  readonly missingSecrets?: Readonly<Record<string, string>>;
}

/** Of all secrets of one order together. */
export const secretsBytesMax = 1024 ** 2;

/** A log by the number that its journal gave it. */
export interface LogName {
  readonly build: number;
  readonly log: number;
}

export const refusalCodes = [
  'unknown-worker',
  'wrong-token',
  'name-taken',
  'protocol-version',
  'malformed',
  /** The store could not take something: nothing is lost, and the next try may go through. */
  'store-trouble',
  'shutting-down',
  /** It connects again and again within a moment. */
  'too-many-hellos',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** The most journals that a hello names: a worker with more of them has lost its way. */
export const journalsMax = 10_000;
/** The largest JSON message: a plan and room around it. */
export const messageBytesMax = 8 * 1024 ** 2;
/** The largest binary frame. */
export const frameBytesMax = 1024 ** 2;
export const defaultHeartbeatMs = 5_000;
export const defaultCreditBytes = 4 * 1024 ** 2;
