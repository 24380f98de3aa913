import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { systemClock } from '@millrace/kernel/clock';
import type { RunOrder } from '@millrace/protocol/agent/messages';
import type { Fact } from '@millrace/protocol/journal/record';
import { defaultLogBytesMax } from '@millrace/protocol/plan';
import type { PlannedCheckout, PlannedSource, PlannedStep } from '@millrace/protocol/plan';
import type { PropertyValue } from '@millrace/protocol/property';
import { secretPatterns } from '@millrace/worker/masking/secret-patterns';
import { nodeDisk } from '@millrace/worker/node-disk';
import { zstdCompressor } from '@millrace/worker/output/compressor';
import { PosixPlatform } from '@millrace/worker/platform-posix';
import { BuildProperties } from '@millrace/worker/slot/build-properties';
import { BuildSite } from '@millrace/worker/slot/build-site';
import { StepRun } from '@millrace/worker/slot/step-run';
import { sqliteLocks } from '@millrace/worker/sqlite-locks';
import { inheritedEnvironment } from '@millrace/worker/steps/environment';
import type { StepOutcome } from '@millrace/worker/steps/step';

export interface StepChange {
  readonly source?: Partial<PlannedSource>;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  readonly builder?: string;
  readonly slot?: number;
  readonly trust?: string;
  readonly secrets?: Readonly<Record<string, string>>;
  /** On top of the test's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface StartedStep {
  readonly step: StepRun;
  readonly log: () => string;
  readonly done: Promise<StepOutcome>;
}

export const stepDefaults = {
  limits: {},
  killGraceMs: 1000,
  logBytesMax: defaultLogBytesMax,
  env: {},
  always: false,
} as const;

/** Steps as a slot runs them, with the real programs, in a folder of their own. */
export class RealSteps {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'millrace-steps-'));
  readonly data = path.join(this.root, 'data');
  readonly mirrors = this.#site().mirrors;
  #build = 0;

  remove(): void {
    fs.rmSync(this.root, { recursive: true });
  }

  buildFolder(slot = 0): string {
    return this.#site(slot).folder;
  }

  /** The files in the build's folder, but for those of git and hg. */
  tree(slot = 0): Record<string, string> {
    const folder = this.buildFolder(slot);
    return Object.fromEntries(
      fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(
          (entry) => entry.isFile() && entry.name !== '.git' && !/\.(git|hg)(\/|$)/.test(entry.parentPath),
        )
        .map((entry) => path.join(entry.parentPath, entry.name))
        .map((file) => [path.relative(folder, file), fs.readFileSync(file, 'utf8')]),
    );
  }

  /** A checkout into the build's folder, unless `step` says otherwise. */
  checkout(
    source: PlannedSource,
    { step, ...change }: StepChange & { readonly step?: Partial<PlannedCheckout> } = {},
  ): StartedStep {
    const planned = { kind: 'checkout', name: 'checkout', folder: '.', ...stepDefaults, ...step } as const;
    return this.start(planned, { ...change, source: { ...source, ...change.source } });
  }

  start(planned: PlannedStep, change: StepChange = {}): StartedStep {
    const facts: Fact[] = [];
    let logs = 0;
    this.#build += 1;
    const order = this.#order(this.#build, [planned], change);
    const parts = {
      clock: systemClock,
      disk: nodeDisk,
      locks: sqliteLocks,
      platform: new PosixPlatform(path.join(this.root, 'fifos', `${this.#build}`)),
      compress: zstdCompressor,
    };
    const place = {
      slot: order.slot,
      worker: 'local',
      spoolId: path.basename(this.root),
      data: this.data,
      environment: { ...inheritedEnvironment(process.env), ...change.environment },
    };
    const site = new BuildSite(nodeDisk, systemClock, place, order);
    const build = {
      order,
      site,
      properties: new BuildProperties(order.plan.properties),
      append: (fact: Fact) => facts.push(fact),
      nextLog: () => logs++,
      watchedWindowMs: () => null,
      secretPatterns: secretPatterns(Object.values(change.secrets ?? {})),
    };
    const step = new StepRun(parts, place, build, 0);
    const log = (): string =>
      facts
        .map((fact) => (fact.kind === 'log-chunk' ? zstdDecompressSync(fact.data).toString() : ''))
        .join('');
    const run = async (): Promise<StepOutcome> => {
      const outcome = await step.run();
      await site.leave();
      return outcome;
    };
    return { step, log, done: run() };
  }

  #site(slot = 0): BuildSite {
    return new BuildSite(nodeDisk, systemClock, { slot, data: this.data }, this.#order(0, [], { slot }));
  }

  #order(build: number, steps: readonly PlannedStep[], change: StepChange): RunOrder {
    const { source, trust, secrets, slot = 0, builder = 'linux', properties = {} } = change;
    return {
      build,
      fence: 1,
      slot,
      planHash: '',
      builder,
      number: build,
      ...(secrets !== undefined && { secrets }),
      plan: {
        version: 1,
        ...(source !== undefined && { source: source as PlannedSource }),
        ...(trust !== undefined && { trust }),
        properties,
        env: {},
        onSilence: 'retry',
        lostAfterMs: 1000,
        steps,
      },
    };
  }
}
