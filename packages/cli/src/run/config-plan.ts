import { systemClock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import type { BuilderConfig, Config, PlanInput } from '@millrace/master/config/config';
import { ConfigThread } from '@millrace/master/config/thread/config-thread';
import type { Plan } from '@millrace/protocol/plan';
import { UsageError } from '../client/usage-error.ts';

/** A config whose builders are planned here, by its own code in a thread of its own. */
export class PlanningConfig implements AsyncDisposable {
  readonly config: Config;
  readonly #thread: ConfigThread;

  private constructor(thread: ConfigThread, config: Config) {
    this.#thread = thread;
    this.config = config;
  }

  /** @throws ConfigError with all that is wrong with it. */
  static async load(file: string, print: (text: string) => void): Promise<PlanningConfig> {
    const thread = new ConfigThread({ file, clock: systemClock, print });
    try {
      return new PlanningConfig(thread, await thread.load());
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  /** The builder of that name; the only one where none is given. @throws UsageError */
  builder(name: string | undefined): BuilderConfig {
    const { builders } = this.config;
    const known = builders.map((one) => one.name).join(', ');
    const [only, ...more] = builders;
    if (name === undefined && only !== undefined && more.length === 0) return only;
    if (name === undefined) throw new UsageError(`name one of the builders: ${known}.`);
    const found = builders.find((one) => one.name === name);
    if (found === undefined)
      throw new UsageError(`there is no builder ${JSON.stringify(name)}; the config has ${known}.`);
    return found;
  }

  /** @throws MillraceError `plan-failed` with what the config's code said. */
  async plan(input: PlanInput): Promise<{ readonly plan: Plan; readonly hash: string }> {
    const planned = await this.#thread.plan(input);
    if (planned.kind === 'failed') throw new MillraceError('plan-failed', planned.message);
    return planned;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.close();
  }
}
