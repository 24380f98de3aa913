import { unreachable } from '@millrace/kernel/assert';
import type {
  ConfigDiff,
  Consequence,
  FieldChange,
  NounChange,
  PlanChange,
  StepChange,
} from '@millrace/protocol/api/configs';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';

/** What another config changes, for a terminal: what is new, other and gone, then what comes of it. */
export function diffText(diff: ConfigDiff, paint: Paint): string {
  const lines = [
    ...diff.settings.map((field) => `${paint.yellow('~')} ${fieldText(field, paint)}`),
    ...diff.nouns.flatMap((noun) => nounLines(noun, paint)),
  ];
  if (diff.leftOff > 0) lines.push(paint.dim(`and ${diff.leftOff} more`));
  const consequences = diff.consequences.map((one) => consequenceLine(one, paint));
  const blocks = [lines, consequences].filter((block) => block.length > 0);
  return blocks.map((block) => `\n${block.map((line) => `  ${line}\n`).join('')}`).join('');
}

function nounLines(change: NounChange, paint: Paint): string[] {
  const head = `${markOf(change.kind, paint)} ${printable(change.noun)} ${paint.bold(printable(change.name))}`;
  const fields = change.fields.map((field) => `    ${fieldText(field, paint)}`);
  return [head, ...fields, ...(change.plan ? planLines(change.plan, paint) : [])];
}

function planLines(plan: PlanChange, paint: Paint): string[] {
  if (plan.failure !== null) return [`    ${paint.red('steps')}  ${printable(plan.failure)}`];
  const where = plan.branch === null ? '' : paint.dim(` on ${printable(plan.branch)}`);
  return [
    `    steps${where}`,
    ...plan.fields.map((field) => `      ${fieldText(field, paint)}`),
    ...plan.steps.flatMap((step) => stepLines(step, paint)),
  ];
}

function stepLines(step: StepChange, paint: Paint): string[] {
  const head = `      ${markOf(step.kind, paint)} ${printable(step.name)}`;
  return [head, ...step.fields.map((field) => `          ${fieldText(field, paint)}`)];
}

/** `workers  + linux-2  − linux-9`, or `priority  0 → 5`. */
function fieldText(field: FieldChange, paint: Paint): string {
  const { added = [], removed = [] } = field;
  const path = printable(field.path);
  if (added.length + removed.length > 0) {
    const names = [
      ...added.map((name) => paint.green(`+ ${printable(name)}`)),
      ...removed.map((name) => paint.red(`− ${printable(name)}`)),
    ];
    return [path, ...names].join('  ');
  }
  if (field.before === null) return `${path}  ${paint.green(`+ ${printable(field.after ?? '')}`)}`;
  if (field.after === null) return `${path}  ${paint.red(`− ${printable(field.before)}`)}`;
  return `${path}  ${paint.red(printable(field.before))} → ${paint.green(printable(field.after))}`;
}

function markOf(kind: NounChange['kind'], paint: Paint): string {
  switch (kind) {
    case 'added':
      return paint.green('+');
    case 'changed':
      return paint.yellow('~');
    case 'removed':
      return paint.red('−');
    default:
      return unreachable(kind);
  }
}

/** What will not happen any more stands out. */
const alarming: ReadonlySet<Consequence['kind']> = new Set([
  'requests-wait',
  'scheduler-ends',
  'scheduler-lost-builders',
  'builder-unscheduled',
  'branch-unwatched',
  'plan-fails',
]);

function consequenceLine({ kind, message }: Consequence, paint: Paint): string {
  return `${alarming.has(kind) ? paint.yellow('!') : paint.dim('·')} ${printable(message)}`;
}
