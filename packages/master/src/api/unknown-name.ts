import { nearest } from '../config/did-you-mean.ts';
import { ApiProblem } from './api-problem.ts';

/** The names that are told; more would be a list to search in. */
const namesMax = 20;

/** A name that the config does not know, with those that it knows, the nearest first. */
export function unknownName(
  status: 404 | 422,
  kind: string,
  name: string,
  known: readonly string[],
): ApiProblem {
  return new ApiProblem(status, `unknown-${kind}`, unknownNameSentence(kind, name, known));
}

export function unknownNameSentence(kind: string, name: string, known: readonly string[]): string {
  const there = `There is no ${kind} ${JSON.stringify(name)}`;
  if (known.length === 0) return `${there}: the config names none.`;
  const near = nearest(name, known);
  const ordered = near === undefined ? known : [near, ...known.filter((one) => one !== near)];
  const told = ordered.slice(0, namesMax).map((one) => JSON.stringify(one));
  const more = ordered.length > namesMax ? ` and ${ordered.length - namesMax} more` : '';
  return `${there}. The config knows ${told.join(', ')}${more}.`;
}
