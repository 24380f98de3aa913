import { Option } from 'commander';
import type { Command } from 'commander';
import type { Query } from './api-client.ts';
import { clientCommand, wholeNumber } from './client-command.ts';
import { runClient } from './client-context.ts';
import type { ClientContext, ClientSystem } from './client-context.ts';
import { examples } from './help-text.ts';
import type { Example } from './help-text.ts';
import { momentOf, momentWords } from './moment.ts';
import { paintFor } from './paint.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';
import { writeJson } from './write-json.ts';

/** One filter: an option whose name is that of the query's field. Several of `words` may be given by commas. */
interface Filter {
  readonly flags: string;
  readonly description: string;
  /** One of these, where they are few. */
  readonly choices?: readonly string[];
  /** Several by commas. */
  readonly words?: readonly string[];
  /** It is a moment, and sent as this field, in milliseconds since 1970. */
  readonly moment?: string;
}

/** What a list is: the same for every noun. */
export interface ListSpec<Item> {
  readonly name: string;
  readonly description: string;
  /** Of the API. */
  readonly path: string;
  /** Always part of the question. */
  readonly query?: Query;
  readonly filters: readonly Filter[];
  /** Fields that it may be sorted by, as the API names them. */
  readonly sorts: readonly string[];
  readonly limit?: number;
  readonly headings: readonly string[];
  /** Its cells, harmless by now. */
  readonly row: (item: Item, show: { readonly paint: Paint; readonly now: number }) => readonly string[];
  /** What is said where there is none. */
  readonly none: string;
  readonly examples: readonly [Example, ...Example[]];
}

interface Options {
  readonly json?: true;
  readonly limit: number;
  readonly [filter: string]: string | number | boolean | undefined;
}

/** `millrace workers`, `millrace builds`: a part of a list as a table, or as the API answers it. */
export function listCommand<Item>(system: ClientSystem, spec: ListSpec<Item>): Command {
  const command = clientCommand(spec.name, system).description(spec.description);
  for (const filter of spec.filters) command.addOption(optionOf(filter, system));
  const fields = spec.sorts.flatMap((field) => [field, `-${field}`]);
  if (fields.length > 0)
    command.addOption(
      new Option('--sort <field>', 'by this field, with a minus before it falling').choices(fields),
    );
  return command
    .option('--limit <n>', 'at most so many', wholeNumber, spec.limit ?? 20)
    .option('--cursor <cursor>', 'go on from the "nextCursor" of the answer before')
    .addHelpText('after', examples(...spec.examples))
    .action((options: Options) => runClient(system, (context) => list(context, spec, options)));
}

function optionOf({ flags, description, choices, words, moment }: Filter, system: ClientSystem): Option {
  if (moment !== undefined)
    return new Option(flags, `${description}: ${momentWords}`).argParser((text: string) =>
      momentOf(text, system.clock.now()),
    );
  const several =
    words === undefined ? description : `${description}; several by commas: ${words.join(', ')}`;
  const option = new Option(flags, several);
  return choices === undefined ? option : option.choices(choices);
}

/** Of the API's fields most are called as the option is. */
function fieldOf(name: string, { filters }: Pick<ListSpec<never>, 'filters'>): string {
  return filters.find(({ flags }) => flags.startsWith(`--${name} `))?.moment ?? name;
}

async function list<Item>(
  context: ClientContext,
  spec: ListSpec<Item>,
  { json, ...filters }: Options,
): Promise<void> {
  const query = Object.fromEntries(
    Object.entries({ ...filters, ...spec.query }).map(([name, value]) => [
      fieldOf(name, spec),
      typeof value === 'boolean' ? String(value) : value,
    ]),
  );
  const found = await context.client.get<{ items: Item[]; nextCursor: string | null }>(spec.path, query);
  if (json) return writeJson(context, found);
  if (found.items.length === 0) return context.note(spec.none);
  const show = { paint: paintFor(context.colour), now: context.clock.now() };
  await context.stdout.write(
    table(
      spec.headings,
      found.items.map((item) => spec.row(item, show)),
    ),
  );
  if (found.nextCursor !== null) context.note(`there are more: --limit, or --cursor ${found.nextCursor}`);
}
