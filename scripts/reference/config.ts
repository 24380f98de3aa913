import fs from 'node:fs';
import { parseSync } from 'oxc-parser';
import type { Comment, Statement } from 'oxc-parser';
import { editorTypesFile } from '../editor-types.ts';
import { code, generated, table } from './markdown.ts';

/** A piece of the parsed text: where it stands is all that is needed of most. */
interface Place {
  readonly start: number;
  readonly end: number;
}

interface Member extends Place {
  readonly type: string;
  readonly key: Place;
  readonly optional?: boolean;
  readonly typeAnnotation?: { readonly typeAnnotation: Place } | null;
}

interface Declaration extends Place {
  readonly type: string;
  readonly id?: { readonly name: string };
  readonly declarations?: readonly { readonly id: { readonly name: string } }[];
  readonly extends?: readonly Place[];
  readonly body?: { readonly body: readonly Member[] };
  readonly typeAnnotation?: Place;
}

type Named = Declaration & { readonly id: { readonly name: string } };

/**
 * docs/reference/config.md: what a config may say, of the declarations that editors complete it by, which a test
 * holds to the sources.
 */
export function configReference(): string {
  const text = fs.readFileSync(editorTypesFile, 'utf8');
  const { program, comments, errors } = parseSync(editorTypesFile, text);
  if (errors.length > 0) throw new Error(`${editorTypesFile} cannot be read: ${errors[0]?.message ?? ''}`);
  const page = new Page(text, comments);
  const declarations = declarationsIn(program.body);
  const functions = declarations.filter(({ type }) => isCalled(type));
  const shapes = declarations.filter(({ type }) => !isCalled(type));
  return [
    generated,
    '# The config',
    "What `millrace.config.ts` may say: functions from `'millrace'`, and the options that they take. `millrace check` tells everything that is wrong with a config at once, with the place of each.",
    '## Functions',
    ...functions.map((one) => page.functionText(one)),
    '## Options',
    ...shapes.map((one) => page.shapeText(one)),
  ].join('\n\n');
}

const isCalled = (type: string): boolean => type.endsWith('Function') || type === 'VariableDeclaration';

/** Those inside `declare module 'millrace'`. */
function declarationsIn(body: readonly Statement[]): Named[] {
  const inside = body.flatMap((one) => (one as { body?: { body?: readonly unknown[] } }).body?.body ?? []);
  return inside.flatMap((one) => {
    const { declaration, start, end } = one as Place & { readonly declaration?: Declaration };
    if (!declaration) return [];
    // Of `const x: ...` the name stands one deeper.
    const id = declaration.id ?? declaration.declarations?.[0]?.id;
    return id ? [{ ...declaration, id, start, end }] : [];
  });
}

class Page {
  readonly #text: string;
  readonly #comments: readonly Comment[];

  constructor(text: string, comments: readonly Comment[]) {
    this.#text = text;
    this.#comments = comments;
  }

  functionText(one: Named): string {
    const signature = this.#source(one)
      .replace(/^export (?:function|const) /u, '')
      .replace(/;$/u, '');
    const { meaning } = this.#comment(one);
    return `### ${one.id.name}()\n\n${meaning}\n\n\`\`\`ts\n${outdented(signature)}\n\`\`\``;
  }

  shapeText(one: Named): string {
    const { meaning } = this.#comment(one);
    const title = `### ${one.id.name}\n\n${meaning === '' ? '' : `${meaning}\n\n`}`;
    const members = one.body?.body;
    if (members === undefined)
      return `${title}\`\`\`ts\n${outdented(this.#source(one).replace(/^export /u, ''))}\n\`\`\``;
    const before = (one.extends ?? []).map((base) => code(this.#source(base)));
    const extended = before.length === 0 ? '' : `All of ${before.join(', ')}, and:\n\n`;
    return `${title}${extended}${table(
      ['Option', 'Type', 'Default', 'Meaning'],
      members.map((member) => this.#row(member)),
    )}`;
  }

  #row(member: Member): readonly string[] {
    const { meaning, usual } = this.#comment(member);
    const annotation = member.typeAnnotation?.typeAnnotation;
    const type = annotation ? this.#source(annotation) : 'function';
    return [
      code(this.#source(member.key)),
      code(type.replaceAll(/\s+/gu, ' ')),
      usual ?? (member.optional ? '' : 'required'),
      meaning,
    ];
  }

  #source({ start, end }: Place): string {
    return this.#text.slice(start, end);
  }

  /** What stands right above it. */
  #comment(of: Place): { readonly meaning: string; readonly usual: string | undefined } {
    const above = this.#comments.findLast(
      (comment) => comment.end <= of.start && this.#text.slice(comment.end, of.start).trim() === '',
    );
    const lines = (above?.value ?? '')
      .split('\n')
      .map((line) => line.replace(/^\s*\*+ ?/u, ''))
      .join('\n')
      .replaceAll(/\{@link ([^}]+)\}/gu, '`$1`');
    const [meaning = '', usual] = lines.split('@defaultValue');
    return { meaning: meaning.replaceAll(/@\w+/gu, '').trim(), usual: usual?.trim() };
  }
}

/** Lines without the indent that they had inside the module. */
function outdented(text: string): string {
  return text.replaceAll(/^ {2}/gmu, '');
}
