import type { WaiversChange, WaiversFile } from '../../app/waiversFile';
import { type Day, type DayRange, formatDay, formatRange, parseDay } from '../../base/day';
import { counted } from '../../base/figures';
import { groupBy } from '../../base/groupBy';
import { todayOf } from '../../core/coverage/calendar';
import { impactOf } from '../../core/impact/impact';
import { gapRanges, waivedText, waiverProblem } from '../../core/waivers/waiverFacts';
import type { DatesParams, Requests, WaiveParams } from '../../protocol/messages';
import { impactDocument } from '../documents/impactDocument';
import type { PipelineService } from '../pipelineService';

type Methods = 'backfill/impact' | 'backfill/waivable' | 'backfill/waive' | 'backfill/removeWaiver' | 'backfill/undoWaivers';
export type RepairHandlers = { readonly [M in Methods]: (params: Requests[M]['params']) => Promise<Requests[M]['result']> };

export interface RepairDeps {
  readonly service: PipelineService;
  readonly waivers: WaiversFile;
  /** Who works here. */
  readonly personName: () => Promise<string>;
}

/** What can still be taken back. */
const KEPT_CHANGES = 20;

/** What the extension asks for repairing: what follows from a repair, and which gaps are accepted. */
export function repairHandlers({ service, waivers, personName }: RepairDeps): RepairHandlers {
  const changes = new Map<string, WaiversChange>();
  let made = 0;
  const changed = async (change: WaiversChange): Promise<string> => {
    const id = `w${++made}`;
    changes.set(id, change);
    for (const old of [...changes.keys()].slice(0, -KEPT_CHANGES)) changes.delete(old);
    await service.judgeAgain();
    return id;
  };
  const known = () => {
    if (service.state === undefined)
      throw new Error('There is no coverage yet: correct the manifest, or wait until it was read.');
    return service.state;
  };
  return {
    'backfill/impact': async (params) => {
      const { input, grid } = known();
      const range = { from: grid.firstDay, to: grid.firstDay + grid.dayCount - 1 };
      const days = daysOf(params, range);
      const given = params.nodes.flatMap((node) => days.map((day) => ({ node, day })));
      return impactDocument(impactOf(input, grid, given), input.mode);
    },
    'backfill/waivable': async (params) => {
      const { input, grid } = known();
      const days = daysOf(params, { from: grid.firstDay, to: grid.firstDay + grid.dayCount - 1 });
      const gaps = params.nodes.flatMap((node) => gapRanges(input, grid, node, days).map((range) => ({ node, ...range })));
      const season = input.pipeline.seasons.find(({ from, to }) => gaps.some((gap) => from <= gap.from && gap.from <= to));
      const today = todayOf(input.pipeline.due, input.now);
      return {
        text: [...groupBy(gaps, ({ node }) => node)]
          .map(([node, of]) => `${node} ${of.length > 3 ? counted(of.length, 'range') : of.map(formatRange).join(', ')}`)
          .join('; '),
        ranges: gaps.map(({ node, from, to }) => ({ node, from: formatDay(from), to: formatDay(to) })),
        author: await personName(),
        today: formatDay(today),
        ...(season !== undefined && season.to >= today && { seasonEnd: formatDay(season.to) }),
      };
    },
    'backfill/waive': async (params) => {
      const { input } = known();
      const until = params.until === 'never' ? 'never' : dayOf(params.until);
      const wanted = requestsOf(params, until);
      for (const one of wanted) {
        const problem = waiverProblem(one, input);
        if (problem !== undefined) throw new Error(problem);
      }
      const isSource = (id: string) => input.pipeline.sources.some((source) => source.id === id);
      const change = await waivers.add(
        wanted.flatMap(({ node, ranges, reason, author }) =>
          ranges.map((range) => ({
            kind: isSource(node) ? ('source' as const) : ('processor' as const),
            ...{ node, ...range, reason, author },
            ...(until !== 'never' && { until }),
          })),
        ),
      );
      return { text: wanted.map((one) => waivedText(one)).join(' '), undo: await changed(change) };
    },
    'backfill/removeWaiver': async (params) => {
      const { grid } = known();
      const days = daysOf(params, { from: grid.firstDay, to: grid.firstDay + grid.dayCount - 1 });
      const removed: string[] = [];
      let whole: WaiversChange | undefined;
      for (const node of params.nodes) {
        const change = await waivers.remove(
          node,
          days.map((day) => ({ from: day, to: day })),
        );
        if (change === undefined) continue;
        removed.push(node);
        whole = { ...change, before: whole === undefined ? change.before : whole.before };
      }
      if (whole === undefined) throw new Error('Nothing waives these dates.');
      return { text: `Nothing waives these dates of ${removed.join(', ')} any more.`, undo: await changed(whole) };
    },
    'backfill/undoWaivers': async ({ undo }) => {
      const change = changes.get(undo);
      if (change === undefined) throw new Error('This change is too long ago to be taken back: edit .backfill/waivers.yaml.');
      changes.delete(undo);
      await waivers.undo(change);
      await service.judgeAgain();
      return null;
    },
  };
}

function requestsOf({ ranges, reason, author }: WaiveParams, until: Day | 'never') {
  return [...groupBy(ranges, ({ node }) => node)].map(([node, of]) => ({
    node,
    ranges: of.map(({ from, to }) => ({ from: dayOf(from), to: dayOf(to) })),
    ...{ reason: reason.trim(), author, until },
  }));
}

/** The dates that are meant; all that are known where none are named. */
function daysOf({ dates, from, to }: DatesParams, all: DayRange): readonly Day[] {
  if (dates !== undefined) return dates.map(dayOf);
  const first = from === undefined ? all.from : Math.max(all.from, dayOf(from));
  const last = to === undefined ? all.to : Math.min(all.to, dayOf(to));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

function dayOf(date: string): Day {
  const day = parseDay(date);
  if (day === undefined) throw new Error(`${date} is no date: write YYYY-MM-DD.`);
  return day;
}
