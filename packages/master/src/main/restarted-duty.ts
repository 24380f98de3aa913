import { canonicalJson } from '../config/canonical-json.ts';
import type { Config } from '../config/config.ts';
import type { ChangingConfig } from '../config/config-in-force.ts';
import type { Duty } from './duties.ts';

export interface RestartedDutyParts {
  readonly duty: Duty;
  readonly config: ChangingConfig;
  /** What the duty reads of the config when it begins. */
  readonly reads: (config: Config) => unknown;
}

/** A duty that is begun anew, once it has come to its end, when what it reads of the config has become another. */
export class RestartedDuty implements Duty {
  readonly #parts: RestartedDutyParts;

  constructor(parts: RestartedDutyParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { duty, config, reads } = this.#parts;
    for (;;) {
      const changed = new AbortController();
      const read = canonicalJson(reads(config.get()));
      const unlisten = config.onChange(() => {
        if (canonicalJson(reads(config.get())) !== read) changed.abort();
      });
      try {
        await duty.run(AbortSignal.any([signal, changed.signal]));
      } finally {
        unlisten();
      }
      if (signal.aborted || !changed.signal.aborted) return;
    }
  }
}
