import { defaultTrust } from '@millrace/protocol/plan';
import type { ConfigProblem } from './config-problem.ts';
import { shown } from './schema-problems.ts';

/**
 * A builder that names a worker of another level of trust would wait for it for ever: the claim refuses it.
 * What is not of the right form is told elsewhere, and passed over here.
 */
export function trustProblems(
  path: string,
  builder: object,
  workers: ReadonlyMap<string, object>,
): readonly ConfigProblem[] {
  const named: unknown = Reflect.get(builder, 'workers');
  const wanted = trustOf(builder);
  return (Array.isArray(named) ? (named as readonly unknown[]) : []).flatMap((name, index) => {
    const worker = typeof name === 'string' ? workers.get(name) : undefined;
    const given = worker === undefined ? wanted : trustOf(worker);
    if (given === wanted) return [];
    const message =
      `the worker ${shown(name)} has the trust ${shown(given)}, and the builder ` +
      `${shown(Reflect.get(builder, 'name'))} has ${shown(wanted)}: it runs on workers of its own level alone`;
    return [{ path: `${path}[${index}]`, message }];
  });
}

function trustOf(definition: object): unknown {
  return Reflect.get(definition, 'trust') ?? defaultTrust;
}
