import type { LoadedConfig } from '@millrace/master/config/config-in-force';
import type { Store } from '@millrace/master/store/store';
import type { Disk } from '@millrace/worker/disk';
import type { FakeClock } from '../fake-clock.ts';
import type { MemoryLocks } from '../memory-locks.ts';
import type { Act } from '../scripted-command.ts';
import type { ScriptedPlatform } from '../scripted-platform.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Mortal } from './mortal.ts';
import type { Network } from './network.ts';
import type { Scenario } from './scenario.ts';
import type { Trace } from './trace.ts';

/** What a machine has round it. */
export interface Surroundings {
  readonly scenario: Scenario;
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly network: Network;
  readonly masterNames: readonly string[];
  /** What the command of one try of a step does. */
  actsOf(build: number, step: number, attempt: number): readonly Act[];
  /** Production code met something that it did not expect. */
  trouble(who: string, what: string, error: unknown): void;
}

/** What a master has besides: the store that outlives it, and the config's file. */
export interface MasterSurroundings extends Surroundings {
  readonly store: Store;
  /** No other master can have the store, so that who had this one's name is dead. */
  readonly isAlone: boolean;
  /** The config as its file is now. */
  readConfig(): LoadedConfig;
  onOperation(owner: Mortal, operation: string): void;
}

/** What a slot has of the machine that it runs on. */
export interface SlotSurroundings {
  readonly name: string;
  readonly spoolId: string;
  readonly platform: ScriptedPlatform;
  readonly locks: MemoryLocks;
  lendDisk(mortal: Mortal): Disk;
}
