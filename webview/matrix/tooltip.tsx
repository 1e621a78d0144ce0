import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Day } from '../../src/base/day';
import type { Snapshot } from '../../src/protocol/snapshot';
import { px } from '../shared/px';
import { causeText, describe, describeLine } from './describe';
import type { Hit } from './layout';
import { StatusGlyph } from './legend';

interface Props {
  /** The pointer, in the coordinates of the window. */
  readonly x: number;
  readonly y: number;
  readonly children: ComponentChildren;
}

/** Beside the pointer, and always whole within the panel. */
export function Tooltip({ x, y, children }: Props): VNode {
  const element = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) return;
    const { innerWidth, innerHeight } = window;
    const left = x + 16 + box.offsetWidth > innerWidth ? x - 12 - box.offsetWidth : x + 16;
    const top = Math.min(y + 16, innerHeight - box.offsetHeight - 4);
    setPlace({ left: Math.max(4, left), top: Math.max(4, top) });
  }, [x, y]);
  return (
    <div class="tooltip" ref={element} style={{ left: px(place.left), top: px(place.top) }} role="presentation">
      {children}
    </div>
  );
}

/** @param to the last date of its column. */
export function CellText({ snapshot, hit, to }: { readonly snapshot: Snapshot; readonly hit: Hit; readonly to: Day }): VNode {
  const description = describe(snapshot, hit, to);
  const cause = causeText(snapshot, hit, to);
  return (
    <>
      <strong>{description.title}</strong>
      <p>
        <StatusGlyph look={description.look} /> {description.word}
      </p>
      {description.facts.map((fact) => (
        <p key={fact}>{fact}</p>
      ))}
      {cause === undefined ? null : <p class="why">{cause}</p>}
      {hit.node === undefined ? null : <p class="hint">Double-click explains it</p>}
    </>
  );
}

/** A name as a whole, which may be cut beside the cells. */
export function LineText({ snapshot, node }: { readonly snapshot: Snapshot; readonly node: number }): VNode {
  const [name, ...facts] = describeLine(snapshot, node);
  const isSource = snapshot.nodes[node]?.isSource === true;
  return (
    <>
      <strong>{name}</strong>
      {facts.map((fact) => (
        <p key={fact}>{fact}</p>
      ))}
      <p class="hint">{isSource ? 'A source: it is read, never run' : 'Click selects all of its dates'}</p>
    </>
  );
}
