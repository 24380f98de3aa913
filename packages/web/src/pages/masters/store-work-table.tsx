import type { StoreWork } from '@millrace/protocol/api/profiles';
import { numberText, sizeText } from '../../words/figures.ts';
import panel from './panel.module.css';

const causesShown = 12;

/** Which operations made the store wait for the disk, and what they handed over. */
export function StoreWorkTable({ work: { causes } }: { readonly work: StoreWork }) {
  if (causes.length === 0) return null;
  return (
    <table className={panel.table}>
      <caption>Written, by causes</caption>
      <thead>
        <tr>
          <th scope="col">Operation</th>
          <th scope="col" className={panel.number}>
            Times
          </th>
          <th scope="col" className={panel.number}>
            Commits
          </th>
          <th scope="col" className={panel.number}>
            Bytes
          </th>
        </tr>
      </thead>
      <tbody>
        {causes.slice(0, causesShown).map(({ cause, operations, commits, bytes }) => (
          <tr key={cause}>
            <th scope="row" className={panel.code}>
              {cause}
            </th>
            <td className={panel.number}>{numberText(operations)}</td>
            <td className={panel.number}>{numberText(commits)}</td>
            <td className={panel.number}>{sizeText(bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
