import type { FieldChange, NounChange } from '@millrace/protocol/api/configs';
import type { Config, Planned } from '../config.ts';
import { diffFields } from './diff-fields.ts';
import { diffPlans } from './diff-plans.ts';

export interface ConfigChanges {
  readonly settings: FieldChange[];
  readonly nouns: NounChange[];
  /** Changes beyond those that are told. */
  readonly leftOff: number;
}

/** What a config is and, where they were tried, the plans of its builders for sample sources. */
export interface ComparedConfig {
  readonly config: Omit<Config, 'generation'>;
  readonly plans: ReadonlyMap<string, Planned>;
}

/** More than anybody reads; the rest is counted. */
const nounsMax = 300;
const fieldsMax = 40;

/** `repositories` is the list of each `repository`. */
const singular = (list: string): string => list.replace(/ies$/, 'y').replace(/s$/, '');

/**
 * What differs between two configs. Everything in a list whose members have names is compared by name, everything
 * else field by field: neither knows which lists and fields a config has.
 */
export function diffConfigs(before: ComparedConfig, after: ComparedConfig): ConfigChanges {
  const was = fieldsOf(before.config);
  const is = fieldsOf(after.config);
  const settings: FieldChange[] = [];
  const nouns: NounChange[] = [];
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const lists = [was[key] ?? [], is[key] ?? []];
    if (!lists.every(isNamedList)) settings.push(...diffFields(was[key], is[key], key));
    else {
      const [old = [], now = []] = lists as readonly (readonly Named[])[];
      nouns.push(...diffNamed(singular(key), old, now, { before, after }));
    }
  }
  return { settings, nouns: nouns.slice(0, nounsMax), leftOff: Math.max(0, nouns.length - nounsMax) };
}

interface Named {
  readonly name: string;
}

function diffNamed(
  noun: string,
  before: readonly Named[],
  after: readonly Named[],
  compared: { readonly before: ComparedConfig; readonly after: ComparedConfig },
): NounChange[] {
  const old = new Map(before.map((one) => [one.name, one]));
  const changes: NounChange[] = [];
  for (const one of after) {
    const { name } = one;
    const was = old.get(name);
    old.delete(name);
    if (was === undefined) changes.push({ noun, name, kind: 'added', fields: [], plan: null });
    else {
      const fields = diffFields(was, one).slice(0, fieldsMax);
      const plan = noun === 'builder' ? planChange(name, compared) : null;
      if (fields.length > 0 || plan !== null) changes.push({ noun, name, kind: 'changed', fields, plan });
    }
  }
  for (const name of old.keys()) changes.push({ noun, name, kind: 'removed', fields: [], plan: null });
  return changes;
}

function planChange(
  builder: string,
  compared: { readonly before: ComparedConfig; readonly after: ComparedConfig },
): NounChange['plan'] {
  const before = compared.before.plans.get(builder);
  const after = compared.after.plans.get(builder);
  if (before === undefined || after === undefined) return null;
  const change = diffPlans(before, after);
  return change && { ...change, steps: change.steps.slice(0, fieldsMax) };
}

function fieldsOf(config: Omit<Config, 'generation'>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'generation'));
}

function isNamedList(value: unknown): value is readonly Named[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string',
    )
  );
}
