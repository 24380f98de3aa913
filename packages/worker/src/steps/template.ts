import { MillraceError } from '@millrace/kernel/errors';
import type { PropertyValue } from '@millrace/protocol/property';
import type { EnvironmentTemplate, Template } from '@millrace/protocol/plan';

export type Properties = Readonly<Record<string, PropertyValue>>;
/** Values by name. */
export type Secrets = Readonly<Record<string, string>>;

/** The text of a template. @throws MillraceError `property-missing`. */
export function render(template: Template, properties: Properties): string {
  return renderWithSecrets(template, properties, {});
}

/** The value of an environment variable. @throws MillraceError `property-missing`, `secret-missing`. */
export function renderWithSecrets(
  template: EnvironmentTemplate,
  properties: Properties,
  secrets: Secrets,
): string {
  if (typeof template === 'string') return template;
  return template
    .map((part) => {
      if (typeof part === 'string') return part;
      return 'secret' in part ? secretOf(part.secret, secrets) : propertyOf(part.property, properties);
    })
    .join('');
}

function propertyOf(name: string, properties: Properties): string {
  const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (value === undefined)
    throw new MillraceError(
      'property-missing',
      `The build has no property '${name}'. Set it on the builder, with the request, or in a step before this one.`,
    );
  return String(value);
}

function secretOf(name: string, secrets: Secrets): string {
  const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (value === undefined)
    throw new MillraceError('secret-missing', `The worker was not given the secret '${name}'.`);
  return value;
}
