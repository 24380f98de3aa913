import { useEffect } from 'react';
import { marks, tabIcon } from '../marks/marks.ts';
import type { MarkName } from '../marks/marks.ts';

/** The tab's title and picture: with a mark, a tab in the background tells how its build does. */
export function useTab(title: string, mark?: MarkName): void {
  useEffect(() => {
    document.title = mark === undefined ? `${title} · millrace` : `${marks[mark].tabSign} ${title}`;
    document.querySelector('#icon')?.setAttribute('href', mark === undefined ? wheel : tabIcon(mark));
  }, [title, mark]);
}

const wheel = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='#7277e0' stroke-width='1.75' stroke-linecap='round'><circle cx='8' cy='8' r='5'/><path d='M8 1v14M1 8h14M3.05 3.05l9.9 9.9M12.95 3.05l-9.9 9.9'/></svg>`,
)}`;
