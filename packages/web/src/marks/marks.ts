import type { Result } from '@millrace/protocol/result';

/** The states that a person meets: how something ended, or that it runs or waits. */
export const markNames = [
  'running',
  'waiting',
  'success',
  'warnings',
  'failure',
  'exception',
  'cancelled',
  'skipped',
] as const satisfies readonly (Result | 'running' | 'waiting')[];
export type MarkName = (typeof markNames)[number];

/** A stroke or a filled form in a square of 16; `cut` is drawn in the colour of the ground, out of a form. */
interface Form {
  readonly paint: 'fill' | 'stroke' | 'cut' | 'faint' | 'turning';
  readonly d: string;
}

export interface MarkShape {
  readonly word: string;
  readonly forms: readonly Form[];
  /** In a browser's tab, where variables do not reach: to be seen on light and on dark. */
  readonly tabColour: string;
  /** In a tab's title, before the name. */
  readonly tabSign: string;
}

const disc = 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z';
const ring = 'M8 2.25a5.75 5.75 0 1 0 0 11.5a5.75 5.75 0 0 0 0-11.5Z';

/**
 * The eight marks: shape, word and colour (`--running`, `--failure` ... of variables.css). What is fine is a
 * thin stroke; what needs a person is a filled form.
 */
export const marks: Readonly<Record<MarkName, MarkShape>> = {
  running: {
    word: 'running',
    forms: [
      { paint: 'faint', d: ring },
      { paint: 'turning', d: 'M8 2.25a5.75 5.75 0 0 1 5.75 5.75' },
    ],
    tabColour: '#2f8fe0',
    tabSign: '◐',
  },
  waiting: {
    word: 'waiting',
    forms: [{ paint: 'stroke', d: 'M8 3.25a4.75 4.75 0 1 0 0 9.5a4.75 4.75 0 0 0 0-9.5Z' }],
    tabColour: '#8a9099',
    tabSign: '○',
  },
  success: {
    word: 'success',
    forms: [{ paint: 'stroke', d: 'M3 8.5l3.25 3.25L13 5' }],
    tabColour: '#2c9a5b',
    tabSign: '✓',
  },
  warnings: {
    word: 'warnings',
    forms: [
      {
        paint: 'fill',
        d: 'M8 1.5a1 1 0 0 1 .87.5l6.3 11a1 1 0 0 1-.87 1.5H1.7A1 1 0 0 1 .83 13l6.3-11A1 1 0 0 1 8 1.5Z',
      },
      { paint: 'cut', d: 'M8 5.75v3.75M8 11.9v.1' },
    ],
    tabColour: '#c98f12',
    tabSign: '▲',
  },
  failure: {
    word: 'failure',
    forms: [
      { paint: 'fill', d: disc },
      { paint: 'cut', d: 'M5.5 5.5l5 5M10.5 5.5l-5 5' },
    ],
    tabColour: '#e0454f',
    tabSign: '✗',
  },
  exception: {
    word: 'exception',
    forms: [
      {
        paint: 'fill',
        d: 'M9.6.8 2.9 8.6a.6.6 0 0 0 .46 1H7l-1 5.3a.3.3 0 0 0 .53.25l6.6-7.8a.6.6 0 0 0-.46-1H9.1l1-5.3a.3.3 0 0 0-.5-.25Z',
      },
    ],
    tabColour: '#c74ba4',
    tabSign: '↯',
  },
  cancelled: {
    word: 'cancelled',
    forms: [
      {
        paint: 'fill',
        d: 'M3 5.75h10a.75.75 0 0 1 .75.75v3a.75.75 0 0 1-.75.75H3a.75.75 0 0 1-.75-.75v-3A.75.75 0 0 1 3 5.75Z',
      },
    ],
    tabColour: '#8a9099',
    tabSign: '▬',
  },
  skipped: {
    word: 'skipped',
    forms: [{ paint: 'stroke', d: 'M4.5 8h7' }],
    tabColour: '#8a9099',
    tabSign: '–',
  },
};

/** The mark of a build, step or request, from its state and result. One that ended without a result is broken. */
export function markOf(about: {
  readonly state: 'pending' | 'claimed' | 'running' | 'finished';
  readonly result: Result | null;
}): MarkName {
  if (about.state === 'pending') return 'waiting';
  if (about.state === 'finished') return about.result ?? 'exception';
  return 'running';
}

/** Whether a person should look: what `n` and `p` go to. */
export function needsPerson(name: MarkName): boolean {
  return name === 'failure' || name === 'exception';
}

/** The mark as a picture for the tab, as a `data:` address. */
export function tabIcon(name: MarkName): string {
  const { forms, tabColour } = marks[name];
  const drawn = forms.map(({ paint, d }) => {
    if (paint === 'fill') return `<path d='${d}' fill='${tabColour}'/>`;
    const colour = paint === 'cut' ? '#fff' : tabColour;
    const faint = paint === 'faint' ? " stroke-opacity='.35'" : '';
    return `<path d='${d}' fill='none' stroke='${colour}' stroke-width='2.25' stroke-linecap='round' stroke-linejoin='round'${faint}/>`;
  });
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>${drawn.join('')}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
