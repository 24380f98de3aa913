import { linkUrlLengthMax } from '@millrace/protocol/plan';
import type { PlannedLink, Template } from '@millrace/protocol/plan';
import { render } from './template.ts';
import type { Properties } from './template.ts';
import type { RunStep } from './step.ts';

/** Adds a link to the build's page. One that leads nowhere is a failure: the page would show it as good. */
export const runLink: RunStep<PlannedLink> = async (step, context) => {
  const url = linkUrl(step.url, context.properties);
  if (url === undefined)
    return {
      result: 'failure',
      message: `The link "${step.label}" is no http or https address of at most ${linkUrlLengthMax} characters: ${render(step.url, context.properties).slice(0, 200)}`,
    };
  context.addLink(url);
  return { result: 'success' };
};

/**
 * Values behind the beginning are percent-encoded, but for slashes, so that none of them can change what the link
 * leads to; a value at the beginning is taken as it is. Undefined: no address that a page may link to.
 * @throws MillraceError `property-missing`.
 */
function linkUrl(template: Template, properties: Properties): string | undefined {
  const parts = typeof template === 'string' ? [template] : template;
  const text = parts
    .map((part, index) => {
      const value = render([part], properties);
      return typeof part === 'string' || index === 0
        ? value
        : encodeURIComponent(value).replaceAll('%2F', '/');
    })
    .join('');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  // Nobody's password belongs on a page.
  url.username = '';
  url.password = '';
  return url.href.length <= linkUrlLengthMax ? url.href : undefined;
}
