import { MillraceError } from '@millrace/kernel/errors';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Template } from '@millrace/protocol/plan';

export type Properties = Readonly<Record<string, PropertyValue>>;

/** The text of a template. @throws MillraceError `property-missing`. */
export function render(template: Template, properties: Properties): string {
  if (typeof template === 'string') return template;
  return template
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = Object.hasOwn(properties, part.property) ? properties[part.property] : undefined;
      if (value === undefined)
        throw new MillraceError(
          'property-missing',
          `The build has no property '${part.property}'. Set it on the builder, or with the request.`,
        );
      return String(value);
    })
    .join('');
}
