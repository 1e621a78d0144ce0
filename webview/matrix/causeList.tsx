import type { VNode } from 'preact';
import { formatCount } from '../../src/base/figures';
import type { Snapshot } from '../../src/protocol/snapshot';

interface Props {
  readonly snapshot: Snapshot;
  /** The one of the cell in focus or under the pointer. */
  readonly current: number | undefined;
  /** By its headline. */
  readonly onPoint: (headline: string | undefined) => void;
  readonly onSelect: (cause: number) => void;
}

/** More would be a list that nobody reads: the words of the rest are in the gaps themselves. */
const MOST = 200;

/** What there is to mend, the first first: each selects its gaps. */
export function CauseList({ snapshot, current, onPoint, onSelect }: Props): VNode {
  const { causes } = snapshot;
  return (
    <aside class="causes" aria-label="Causes of the gaps">
      <h2>
        Causes <span>{formatCount(causes.length)}</span>
      </h2>
      {causes.length === 0 ? <p class="hint">There are no gaps.</p> : null}
      <ul>
        {causes.slice(0, MOST).map(({ headline, gaps }, index) => {
          const [count = '', ...rest] = headline.split(': ');
          return (
            <li key={headline}>
              <button
                type="button"
                class={index === current ? 'cause current' : 'cause'}
                title={`${headline}\nSelects its gaps`}
                onClick={() => onSelect(index)}
                onPointerEnter={() => onPoint(headline)}
                onPointerLeave={() => onPoint(undefined)}
                onFocus={() => onPoint(headline)}
                onBlur={() => onPoint(undefined)}
              >
                <strong>{rest.length === 0 ? headline : rest.join(': ')}</strong>
                <span>{rest.length === 0 ? formatCount(gaps) : count}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {causes.length > MOST ? <p class="hint">{`And ${formatCount(causes.length - MOST)} more.`}</p> : null}
    </aside>
  );
}
