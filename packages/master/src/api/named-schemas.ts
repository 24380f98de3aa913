/**
 * Moves each schema with a title to `components.schemas`, where it stands once, and refers to it from where
 * it stood: so that programs made from the description have types with names.
 */
export function namedSchemas<Document extends object>(document: Document): Document {
  const schemas: Record<string, unknown> = {};

  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    const inside = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, moved(one)]));
    return isNamed(inside) ? referTo(inside) : inside;
  };

  const referTo = (schema: { readonly title: string; readonly type: unknown }): object => {
    const { title, type } = schema;
    // What may be null is the same schema or null.
    const isNullable = Array.isArray(type) && type.includes('null');
    schemas[title] ??= isNullable ? { ...schema, type: 'object' } : schema;
    const reference = { $ref: `#/components/schemas/${title}` };
    return isNullable ? { anyOf: [reference, { type: 'null' }] } : reference;
  };

  const { info, components, ...rest } = document as { info?: unknown; components?: object };
  const body = moved(rest) as object;
  return {
    ...(info !== undefined && { info }),
    ...body,
    components: { ...components, schemas },
  } as unknown as Document;
}

function isNamed(value: object): value is { title: string; type: unknown } {
  return 'title' in value && typeof value.title === 'string' && 'properties' in value;
}
