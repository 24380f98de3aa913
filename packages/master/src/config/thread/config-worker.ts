import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { assert } from '@millrace/kernel/assert';
import { sweepHeap } from '@millrace/kernel/heap-sweep';
import { programUrl } from '@millrace/kernel/program-url';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { checkConfig } from '../check-config.ts';
import type { CheckedConfig } from '../check-config.ts';
import type { Planned, PlanInput } from '../config.ts';
import { problemLine } from '../config-problem.ts';
import type { BuilderDefinition } from '../define.ts';
import { makePlan } from '../make-plan.ts';
import { locateError } from './locate-error.ts';
import type { FromConfigThread, ModuleSource, ModuleSources, ToConfigThread } from './messages.ts';
import { hookImports } from './module-hooks.ts';
// Loaded before the hooks are set: the config's imports of it are not the config's own modules.
import '../surface.ts';

/*
 * The entry of the config's thread: the only place where a user's code runs. It may do what it likes here;
 * the thread is ended when it takes too long.
 */

const surfaceUrl = programUrl(import.meta.url, '../surface.ts').href;
const generationDigits = 16;

interface Loaded {
  readonly config: CheckedConfig;
  readonly generation: string;
  readonly builders: ReadonlyMap<string, BuilderDefinition>;
  readonly sources: ModuleSources;
}

let loaded: Loaded | undefined;

async function load(file: string, known: ModuleSources): Promise<FromConfigThread> {
  if (known.size === 0 && !existsSync(file))
    return {
      type: 'broken',
      code: 'config-missing',
      problems: [
        { path: '', message: 'there is no such file; `millrace init` writes one, --config names another' },
      ],
    };
  const url = pathToFileURL(file).href;
  const sources = new Map<string, ModuleSource>();
  hookImports(surfaceUrl, url, known, sources);
  let exported: { readonly default?: unknown };
  try {
    exported = (await import(url)) as { readonly default?: unknown };
  } catch (thrown) {
    const { code, problem } = locateError(thrown, sources);
    return { type: 'broken', code, problems: [{ file, ...problem }] };
  }
  const folder = path.dirname(file);
  const checked = checkConfig(exported.default, folder);
  if (checked.kind === 'problems')
    return { type: 'broken', code: 'config-invalid', problems: checked.problems };
  const { config, builders } = checked;
  const generation = generationOf(config, folder, sources);
  loaded = { config, generation, builders, sources };
  return { type: 'loaded', config, generation, sources };
}

/** What the config says and the text of its code: a change of either makes other plans. */
function generationOf(config: CheckedConfig, folder: string, sources: ModuleSources): string {
  const base = `${pathToFileURL(folder).href}/`;
  const code = Object.fromEntries([...sources].map(([url, source]) => [url.replace(base, ''), source.text]));
  return sha256(canonicalJson({ config, code })).slice(0, generationDigits);
}

async function plan(input: PlanInput): Promise<Planned> {
  assert(loaded !== undefined, 'a plan is asked for after the config was loaded');
  const { config, generation, builders, sources } = loaded;
  const builder = config.builders.find((one) => one.name === input.builder);
  const definition = builders.get(input.builder);
  if (builder === undefined || definition === undefined)
    return {
      kind: 'failed',
      message: `The config has no builder ${JSON.stringify(input.builder)} any more.`,
    };
  const properties = { ...builder.properties, ...input.properties };
  let given: unknown;
  try {
    given = await definition.steps({
      builder: input.builder,
      source: input.source,
      changedFiles: input.changedFiles?.files ?? null,
      properties,
    });
  } catch (thrown) {
    const line = problemLine(locateError(thrown, sources).problem);
    return { kind: 'failed', message: `The steps function of builder "${input.builder}" threw: ${line}` };
  }
  const repository = config.repositories.find((one) => one.name === input.source?.repository);
  const made = makePlan(
    {
      input,
      builder,
      repository: repository ?? null,
      secrets: config.secrets,
      env: definition.env ?? {},
      lostAfterMs: config.lostAfterMs,
    },
    given,
  );
  if (made.kind === 'made') return { kind: 'planned', plan: made.plan, hash: made.hash, generation };
  const lines = made.problems.map(problemLine).join('; ');
  return { kind: 'failed', message: `The steps of builder "${input.builder}" are no plan: ${lines}` };
}

async function answer(message: Exclude<ToConfigThread, { type: 'sweep' }>): Promise<FromConfigThread> {
  return message.type === 'load'
    ? load(message.file, message.sources)
    : { type: 'planned', planned: await plan(message.input) };
}

const port = parentPort;
assert(port !== null, 'this file is the entry of a thread');
port.on('message', (message: ToConfigThread) => {
  if (message.type === 'sweep') void sweepHeap();
  // What throws here is ours, not the config's: it ends the thread, and its owner is told.
  else void answer(message).then((given) => port.postMessage(given));
});
