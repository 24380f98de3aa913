import type { Api } from '@millrace/master/api/api';
import { createApi } from '@millrace/master/api/server';
import type { EventFeed } from '@millrace/master/events/event-feed';
import type { Store } from '@millrace/master/store/store';
import { assert } from '@millrace/kernel/assert';
import type { MasterProcess } from './master-process.ts';
import type { World } from './world.ts';

/**
 * The API of production in front of whichever master lives. It holds nothing itself, and compiling its
 * schemas costs more than a simulated minute, so that one desk serves every life of a world's masters.
 */
export class FrontDesk {
  readonly api: Api;
  #master: MasterProcess | undefined;

  constructor(world: World) {
    const serving = (): MasterProcess => {
      assert(this.#master, 'somebody is served by a master');
      return this.#master;
    };
    const store: Store = {
      get epoch() {
        return serving().store.epoch;
      },
      do: (operation, input) => serving().store.do(operation, input),
      read: (place, length) => serving().store.read(place, length),
      onSignal: (listen) => world.store.onSignal(listen),
      close: async () => undefined,
    };
    const events = new Proxy({} as EventFeed, {
      get: (_target, name) => {
        const feed = serving().events;
        const member = feed[name as keyof EventFeed] as unknown;
        return typeof member === 'function' ? member.bind(feed) : member;
      },
    });
    this.api = createApi({
      store,
      clock: world.clock,
      events,
      config: { get: () => world.config },
      revisions: { resolve: async (_repository, revision) => ({ kind: 'found', revision, branch: 'main' }) },
      dispatch: { atOnce: (asked, add) => serving().dispatcher.atOnce(asked, add) },
      master: 'master-0',
      reload: () => Promise.reject(new Error('nobody reloads by the API here')),
      takeProfile: () => Promise.resolve({ kind: 'failed', message: 'nobody watches a simulated master' }),
      readSecret: () => 'a secret',
      freshOutput: { follow: (...log) => serving().freshOutput.follow(...log) },
      logWatch: { watch: (build, log, on) => serving().watch(build, log, on) },
      process: {
        eventLoopDelay: () => ({ p50: 0, p99: 0, max: 0 }),
        residentBytes: () => 0,
        cpuSeconds: () => 0,
      },
      pages: '/nowhere',
      ready: () => ({ ready: true }),
      onTrouble: (error, call) => {
        if (serving().mortal.alive) world.trouble(serving().mortal.name, call, error);
      },
    });
  }

  /** The API, as this master serves it from now on. */
  of(master: MasterProcess): Api {
    this.#master = master;
    return this.api;
  }
}
