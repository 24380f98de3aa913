import type { Clock } from '@millrace/kernel/clock';
import { codeOf, messageOf } from '@millrace/kernel/errors';
import { drain } from '@millrace/master/builds/drain';
import { LeaseReaper } from '@millrace/master/builds/lease-reaper';
import { ConfigInForce } from '@millrace/master/config/config-in-force';
import { Dispatcher } from '@millrace/master/dispatch/dispatcher';
import { EventFeed } from '@millrace/master/events/event-feed';
import { Duties } from '@millrace/master/main/duties';
import { FreshOutput } from '@millrace/master/logs/fresh-output';
import { handOnOutput } from '@millrace/master/main/hand-on-output';
import { watchBy } from '@millrace/master/main/watch-by';
import { Reloader } from '@millrace/master/reloading/reloader';
import { Retention } from '@millrace/master/retention/retention';
import { SchedulerLoop } from '@millrace/master/schedulers/scheduler-loop';
import { AgentSessions } from '@millrace/master/workers/agent-sessions';
import { storeForAgents } from '@millrace/master/workers/agent-store';
import { CancelTeller } from '@millrace/master/workers/cancel-teller';
import { MortalStore } from './mortal-store.ts';
import { Mortal } from './mortal.ts';
import type { MasterSurroundings } from './surroundings.ts';

/** Often, so that it meets every kind of death. */
const retainEveryMs = 5_000;
/** What does not end within this time is left to the next start. */
const drainMsMax = 10_000;

/** No plan of a simulated config asks for one. */
const noSecrets = { of: () => ({}) };

type Needed = Omit<MasterSurroundings, 'scenario' | 'masterNames' | 'actsOf'>;

/** One life of a master: from its start to its death, the classes of production with a world of their own. */
export class MasterProcess {
  readonly mortal: Mortal;
  readonly store: MortalStore;
  readonly sessions: AgentSessions;
  readonly freshOutput = new FreshOutput();
  readonly reloader: Reloader;
  readonly events: EventFeed;
  readonly dispatcher: Dispatcher;
  readonly watch: (build: number, log: number, on: boolean) => void;
  /** It stops, and gives nothing out any more. */
  stopping = false;
  readonly #duties: Duties;
  readonly #reaper: LeaseReaper;
  readonly #unlisten: () => void;
  readonly #clock: Clock;

  constructor(world: Needed, name: string, life: number) {
    const mortal = new Mortal(`${name}.${life}`);
    this.mortal = mortal;
    const clock = mortal.clock(world.clock);
    const onTrouble = (error: unknown): void => {
      // Who takes a worker's name is told of, and is no fault: there are strangers that do.
      if (!mortal.alive || codeOf(error) === 'name-taken') return;
      world.trouble(mortal.name, `${codeOf(error) ?? 'error'}: ${messageOf(error)}`, error);
    };
    const store = new MortalStore({
      store: world.store,
      owner: mortal,
      clock: world.clock,
      random: world.random.fork(),
      onOperation: (owner, operation) => world.onOperation(owner, operation),
    });
    this.store = store;
    const config = new ConfigInForce(world.readConfig());
    const lostAfterMs = (): number => config.get().lostAfterMs;
    this.reloader = new Reloader({
      master: name,
      store,
      config,
      file: 'millrace.config.ts',
      read: async () => world.readConfig(),
      mayServe: () => undefined,
      clock,
      onTrouble,
    });
    const reaper = new LeaseReaper({
      master: name,
      incarnation: mortal.name,
      store,
      clock,
      lostAfterMs,
      onTrouble,
      onReplaced: onTrouble,
    });
    this.sessions = new AgentSessions({
      master: name,
      store: handOnOutput(storeForAgents(store), this.freshOutput),
      config,
      secrets: noSecrets,
      next: (slot) => dispatcher.next(slot),
      clock,
      onTrouble,
    });
    this.#reaper = reaper;
    this.#clock = clock;
    const duties = new Duties(onTrouble);
    this.#duties = duties;
    mortal.onDeath(() => void duties.stop('work', 'watch'));
    const workers = this.sessions;
    const dispatcher = new Dispatcher({
      master: name,
      store,
      config,
      planner: config,
      workers,
      clock,
      onTrouble,
    });
    this.dispatcher = dispatcher;
    const schedulers = new SchedulerLoop({ master: name, store, config, clock, onTrouble });
    const retention = new Retention({
      master: name,
      store,
      config,
      clock,
      onTrouble,
      everyMs: retainEveryMs,
    });
    this.events = new EventFeed({ store, clock, onTrouble });
    const logWatch = watchBy(this.sessions);
    this.watch = (build, log, on) => logWatch.watch(build, log, on);
    mortal.onDeath(new CancelTeller({ store, workers, onTrouble }).start());

    const begin = async (): Promise<void> => {
      await reaper.begin(world.isAlone);
      await this.reloader.begin();
      config.onChange(() => this.sessions.reconsider());
      world.network.listen(name, mortal, (connection) =>
        this.sessions.accept(connection, { loopback: true, token: null }),
      );
      this.#duties.start('watch', reaper);
      for (const duty of [dispatcher, schedulers]) this.#duties.start('work', duty);
      if (config.get().retention) this.#duties.start('work', retention);
    };
    this.#unlisten = () => world.network.unlisten(name, mortal);
    begin().catch(onTrouble);
  }

  /** Stops in order, as production does. `drains`: what runs is cancelled first, to be queued again. */
  async stop(drains: boolean): Promise<void> {
    this.stopping = true;
    if (drains) {
      await this.#duties.stop('work');
      const patience = new AbortController();
      await drain({ store: this.store, clock: this.#clock, drainMsMax }, patience.signal);
    }
    this.#unlisten();
    await this.sessions.close();
    await this.#duties.stop('work', 'watch');
    await this.#reaper.end();
    this.mortal.kill();
  }
}
