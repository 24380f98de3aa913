import type { Holding, Room } from '@millrace/protocol/agent/messages';
import type { WorkerConfig } from '../config/config.ts';
import { refusedBuild } from '../store/operations/builds.ts';
import { departedWorker } from '../store/operations/departed-workers.ts';
import { applyTogether } from '../store/operations/apply-together.ts';
import type { AppliedAndClaimed, ApplyTogetherInput } from '../store/operations/apply-together.ts';
import { applyJournal, journalForked } from '../store/operations/journal.ts';
import type { ApplyAnswer, ApplyInput } from '../store/operations/journal.ts';
import { gone, heard, hello, setRoom } from '../store/operations/workers.ts';
import type { HelloAnswer, HelloInput, WorkerSession } from '../store/operations/workers.ts';
import type { Store } from '../store/store.ts';

/** The part of the store that agents' connections need. Each call answers after its commit. */
export interface AgentStore {
  hello(input: HelloInput): Promise<HelloAnswer>;
  apply(input: ApplyInput): Promise<ApplyAnswer>;
  /** Where the records end their build, its slot goes to another request in the same commit. */
  applyTogether(input: ApplyTogetherInput): Promise<readonly AppliedAndClaimed[]>;
  heard(heard: readonly WorkerSession[]): Promise<void>;
  gone(session: WorkerSession): Promise<void>;
  room(input: WorkerSession & { readonly room: Room }): Promise<void>;
  /** The worker could not begin the build. */
  refused(input: WorkerSession & Holding & { readonly message: string }): Promise<void>;
  /** The worker's journal is shorter than what has been applied of it: the build has ended after this. */
  forked(input: WorkerSession & Holding & { readonly message: string }): Promise<void>;
  /** The entry of a worker that has left the config, for as long as builds run there; null otherwise. */
  departed(worker: string): Promise<WorkerConfig | null>;
}

export function storeForAgents(store: Store): AgentStore {
  return {
    hello: (input) => store.do(hello, input),
    apply: (input) => store.do(applyJournal, input),
    applyTogether: (input) => store.do(applyTogether, input),
    heard: (sessions) => store.do(heard, { heard: sessions }),
    gone: (session) => store.do(gone, session),
    room: (input) => store.do(setRoom, input),
    refused: (input) => store.do(refusedBuild, input),
    forked: (input) => store.do(journalForked, input),
    departed: async (worker) => {
      const entry = await store.do(departedWorker, { worker });
      return entry === null ? null : (JSON.parse(entry) as WorkerConfig);
    },
  };
}
