import type { FieldChange } from '@millrace/protocol/api/configs';
import { canonicalJson } from '../canonical-json.ts';
import { shownValue, withoutSecrets } from './shown-value.ts';

/**
 * What differs between two values, field by field: objects are looked into, lists of names are compared by what
 * they name, anything else is shown as it was and as it is. It knows no field by its name, so that a field that is
 * new to the config is told like the others.
 */
export function diffFields(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      diffFields(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  const change = { path, before: shownValue(path, before), after: shownValue(path, after) };
  if (!isNames(before) || !isNames(after)) return [change];
  const added = after.filter((name) => !before.includes(name)).map(withoutSecrets);
  const removed = before.filter((name) => !after.includes(name)).map(withoutSecrets);
  return [added.length + removed.length === 0 ? change : { ...change, added, removed }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
