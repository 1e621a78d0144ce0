import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatDay, parseDay } from '../../src/base/day';
import { applyChange } from '../../src/protocol/applyChange';
import type { FromMatrix, MatrixTask, ToMatrix } from '../../src/protocol/matrix';
import type { Snapshot } from '../../src/protocol/snapshot';
import type { Host } from '../shared/host';
import type { Hit } from './layout';
import { nearestDay, nextGap } from './navigate';
import { readSavedView, type SavedView } from './savedView';
import { NOTHING, readSelected, type Selected } from './selected';
import { LEGEND, type Look, summaryOf } from './summary';
import { LEVELS, levelOf } from './zoom';

export type MatrixHost = Host<FromMatrix, ToMatrix, SavedView>;

/** What the matrix shows and where somebody is in it; kept over reloads. */
export interface MatrixState {
  readonly snapshot: Snapshot | undefined;
  /** Why there is nothing to show. */
  readonly message: string;
  readonly level: number;
  readonly focus: Hit;
  readonly selected: Selected;
  readonly filter: string;
  readonly onlyGaps: boolean;
  readonly shown: ReadonlySet<Look> | undefined;
  readonly causes: boolean;
  /** Nodes that pass the filter, in order. */
  readonly nodes: readonly number[];
  /** Where it was scrolled to last; no render follows a scroll. */
  readonly scroll: SavedView['scroll'];
  readonly setLevel: (level: number) => void;
  readonly setFocus: (hit: Hit) => void;
  readonly select: (text: string) => void;
  readonly setFilter: (filter: string) => void;
  readonly setOnlyGaps: (only: boolean) => void;
  readonly setShown: (shown: ReadonlySet<Look> | undefined) => void;
  readonly setCauses: (open: boolean) => void;
  readonly scrolledTo: (scroll: NonNullable<SavedView['scroll']>) => void;
}

/** @param onTask what VS Code's menus ask the page for. */
export function useMatrixState(host: MatrixHost, onTask: (task: MatrixTask) => void): MatrixState {
  const [before] = useState(() => readSavedView(host.savedState, LEGEND));
  const [snapshot, setSnapshot] = useState<Snapshot>();
  const [message, setMessage] = useState('Reading coverage…');
  const [level, setLevel] = useState(withinLevels(before.level ?? levelOf('day')));
  const [wish, setFocus] = useState<Hit>({ day: 0 });
  const [text, select] = useState(before.select ?? '');
  const [filter, setFilter] = useState(before.filter ?? '');
  const [onlyGaps, setOnlyGaps] = useState(before.onlyGaps ?? false);
  const [shown, setShown] = useState<ReadonlySet<Look> | undefined>(
    before.shown === undefined ? undefined : new Set(before.shown as readonly Look[]),
  );
  const [causes, setCauses] = useState(before.causes ?? false);
  const scroll = useRef(before.scroll);
  const current = useRef<Snapshot | undefined>(undefined);
  /** Where somebody was last, or is to be brought once there is something to show. */
  const place = useRef(before.focus);
  const task = useRef(onTask);
  task.current = onTask;

  const nodes = useMemo(
    () => (snapshot === undefined ? [] : nodesThatPass(snapshot, filter, onlyGaps)),
    [snapshot, filter, onlyGaps],
  );
  // A line that the filter hides is in focus no more, and is so again when it is back.
  const focus = useMemo(() => (wish.node === undefined || nodes.includes(wish.node) ? wish : { day: wish.day }), [wish, nodes]);
  // What somebody came for is seen whatever was filtered before.
  const reveal = ({ node, day }: Hit): void => {
    setFocus(node === undefined ? { day } : { node, day });
    if (node === undefined || nodes.includes(node)) return;
    setFilter('');
    setOnlyGaps(false);
  };
  const revealing = useRef(reveal);
  revealing.current = reveal;

  useLayoutEffect(() => {
    const take = (next: Snapshot | undefined): void => {
      if (next === undefined) {
        host.post({ type: 'resync' });
        return;
      }
      const frame = current.current;
      const same = frame !== undefined && isSameFrame(frame, next);
      // What is laid out, dragged and scrolled to stays when the same pipeline comes whole again.
      const taken = same ? { ...next, nodes: frame.nodes, seasons: frame.seasons } : next;
      current.current = taken;
      setSnapshot(taken);
      if (same) return;
      // Another pipeline or other seasons: what was in focus may be gone.
      setFocus(startOf(next, place.current));
    };
    const stop = host.listen((incoming) => {
      switch (incoming.type) {
        case 'empty':
          current.current = undefined;
          setSnapshot(undefined);
          setMessage(incoming.message);
          return;
        case 'reveal': {
          const target = hitOf(current.current, incoming.node, incoming.date);
          if (target === undefined) place.current = { node: incoming.node, date: incoming.date };
          else revealing.current(target);
          return;
        }
        case 'snapshot':
          take(incoming.snapshot);
          return;
        case 'change':
          take(current.current === undefined ? undefined : applyChange(current.current, incoming.change));
          return;
        case 'do':
          task.current(incoming.task);
      }
    });
    host.post({ type: 'ready' });
    return stop;
  }, [host]);

  const save = (): void => {
    if (snapshot === undefined) return;
    place.current = savedFocus(snapshot, wish);
    host.save({
      level,
      focus: place.current,
      ...(scroll.current !== undefined && { scroll: scroll.current }),
      ...(text !== '' && { select: text }),
      ...(filter !== '' && { filter }),
      ...(shown !== undefined && { shown: [...shown] }),
      onlyGaps,
      causes,
    });
  };
  const saving = useRef(save);
  saving.current = save;
  // With what is shown, not after the next frame: a window may be reloaded at any moment.
  useLayoutEffect(save, [host, snapshot, level, wish, text, filter, onlyGaps, shown, causes]);

  const selected = useMemo(() => (snapshot === undefined ? NOTHING : readSelected(snapshot, text)), [snapshot, text]);
  return {
    snapshot,
    message,
    level,
    focus,
    selected,
    filter,
    onlyGaps,
    shown,
    causes,
    nodes,
    scroll: scroll.current,
    setLevel: (next) => setLevel(withinLevels(next)),
    setFocus,
    select,
    setFilter,
    setOnlyGaps,
    setShown,
    setCauses,
    scrolledTo: ({ date, y }) => {
      if (scroll.current?.date === date && scroll.current.y === y) return;
      scroll.current = { date, y };
      saving.current();
    },
  };
}

function withinLevels(level: number): number {
  return Math.min(LEVELS.length - 1, Math.max(0, level));
}

/** Those whose id, name or phase holds the text, in whatever case. */
function nodesThatPass(snapshot: Snapshot, filter: string, onlyGaps: boolean): readonly number[] {
  const wanted = filter.trim().toLowerCase();
  const { nodes } = summaryOf(snapshot);
  return snapshot.nodes.flatMap(({ id, name, phaseName }, index) => {
    const holds = wanted === '' || [id, name, phaseName].some((text) => text.toLowerCase().includes(wanted));
    return holds && (!onlyGaps || (nodes[index]?.gaps ?? 0) > 0) ? index : [];
  });
}

function savedFocus(snapshot: Snapshot, { node, day }: Hit): NonNullable<SavedView['focus']> {
  const id = node === undefined ? undefined : snapshot.nodes[node]?.id;
  return { ...(id === undefined ? {} : { node: id }), date: formatDay(day) };
}

function hitOf(snapshot: Snapshot | undefined, nodeId: string | undefined, date: string): Hit | undefined {
  const wanted = parseDay(date);
  if (snapshot === undefined || wanted === undefined) return undefined;
  const day = nearestDay(snapshot, wanted);
  const node = snapshot.nodes.findIndex((candidate) => candidate.id === nodeId);
  return node < 0 ? { day } : { node, day };
}

/** Where to look first: where one looked last, else the newest gap, else the newest date. */
function startOf(snapshot: Snapshot, wanted: SavedView['focus']): Hit {
  const saved = wanted === undefined ? undefined : hitOf(snapshot, wanted.node, wanted.date);
  return saved ?? nextGap(snapshot, undefined, -1) ?? { day: nearestDay(snapshot, snapshot.firstDay + snapshot.dayCount - 1) };
}

/** Equal but for the cells: then every place in one is the same in the other. */
function isSameFrame(a: Snapshot, b: Snapshot): boolean {
  const frame = ({ firstDay, dayCount, nodes, seasons }: Snapshot) => JSON.stringify([firstDay, dayCount, nodes, seasons]);
  return a.nodes === b.nodes || frame(a) === frame(b);
}
