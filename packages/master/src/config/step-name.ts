import { PropertyReference } from './late-value.ts';
import type { Text } from './late-value.ts';
import type { Step } from './step.ts';

const lengthMax = 60;

/** A name for a step that was given none: what it runs, on one line, `npm test` or `git push {branch}`. */
export function derivedStepName(step: Step): string {
  // What it runs is not for everybody to see.
  if (step.visibility === 'private') return 'private';
  if (step.kind === 'checkout') return 'checkout';
  if (step.kind === 'set-property') return `set ${step.property}`;
  if (step.kind === 'link') return `link ${step.label}`;
  const whole = typeof step.command === 'string' ? step.command : step.command.map(textShown).join(' ');
  // oxlint-disable-next-line no-control-regex -- a name is shown in terminals and in pages
  const line = whole.replaceAll(/[\s\u0000-\u001f\u007f]+/g, ' ').trim() || 'sh';
  return line.length > lengthMax ? `${line.slice(0, lengthMax - 3).trimEnd()}...` : line;
}

/** The name itself, or with the first number that makes it unlike those taken: `npm test (2)`. */
export function uniqueStepName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number++) {
    const numbered = `${name} (${number})`;
    if (!taken.has(numbered)) return numbered;
  }
}

function textShown(text: Text): string {
  const parts: readonly unknown[] = Array.isArray(text) ? text : [text];
  return parts
    .map((part) => (part instanceof PropertyReference ? `{${part.property}}` : String(part)))
    .join('');
}
