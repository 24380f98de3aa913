import type { LoopDelay, Profile, ProfileAsked } from '@millrace/protocol/api/profiles';
import { noWork, workSince } from '../store/work-done.ts';
import type { WorkFigures } from '../store/work-done.ts';
import type { Taken } from './watcher.ts';

export interface ProfileDeskParts {
  readonly master: string;
  readonly version: string;
  readonly watcher: { profile(asked: Required<ProfileAsked>, onBegun: () => void): Promise<Taken> };
  /** What the store has written so far. */
  readonly work: () => WorkFigures | undefined;
  /** Measures from now on. */
  readonly delays: () => { take(): LoopDelay } & Disposable;
}

export type ProfileTaken =
  | { readonly kind: 'taken'; readonly profile: Profile }
  | { readonly kind: 'running' }
  | { readonly kind: 'failed'; readonly message: string };

/** Takes profiles of this master, with what its main thread knows beside the samples. */
export class ProfileDesk {
  readonly #parts: ProfileDeskParts;

  constructor(parts: ProfileDeskParts) {
    this.#parts = parts;
  }

  async take(asked: Required<ProfileAsked>): Promise<ProfileTaken> {
    const { master, version, watcher, work, delays } = this.#parts;
    using delay = delays();
    let before = work();
    const begun = (): void => {
      before = work();
      delay.take();
    };
    const taken = await watcher.profile(asked, begun);
    if (taken.kind !== 'taken') return taken;
    const done = before && workSince(before, work() ?? noWork);
    const profile: Profile = {
      master,
      version,
      ...taken.watched,
      loopDelay: delay.take(),
      store: done ? { ...done, causes: [...done.causes] } : null,
    };
    return { kind: 'taken', profile };
  }
}
