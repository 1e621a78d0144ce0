import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Held, InputSpec, NodeSpec } from './builders';
import { DAILY, day, GAMES } from './builders';

/** Public data beside the repository; its tests are skipped, with this path, where it is absent. */
export const SHARED_DATA = path.resolve('../shared/data');

export function sharedDataMissing(): string | undefined {
  return existsSync(path.join(SHARED_DATA, 'nba_games.csv')) ? undefined : `no public data in ${SHARED_DATA}`;
}

/** The lines of a CSV without quotes, by column name. */
function readCsv(file: string): Record<string, string>[] {
  const [head = '', ...lines] = readFileSync(path.join(SHARED_DATA, file), 'utf8').trim().split(/\r?\n/);
  const columns = head.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? '']));
  });
}

export interface RealSeason {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Games by date, and the seasons from their first to their last game. `firstYear` 2018 is the season 2018-19. */
export function realGames(firstYear: number, lastYear: number): { games: Record<string, number>; seasons: RealSeason[] } {
  const games: Record<string, number> = {};
  const seasons = new Map<number, RealSeason>();
  for (const { season, date = '' } of readCsv('nba_games.csv')) {
    const year = Number(season) - 1;
    if (year < firstYear || year > lastYear) continue;
    games[date] = (games[date] ?? 0) + 1;
    const known = seasons.get(year);
    seasons.set(year, {
      name: `${year}-${String(year + 1).slice(2)}`,
      from: known === undefined || date < known.from ? date : known.from,
      to: known === undefined || date > known.to ? date : known.to,
    });
  }
  return { games, seasons: [...seasons.values()].sort((a, b) => a.from.localeCompare(b.from)) };
}

/** Rows by processor and date as an operator of a real pipeline recorded them for November 2021. */
export function recordedCounts(): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (const line of readCsv('coverage-nov-2021.csv')) {
    for (const id of ['PDC', 'PCF', 'PSZA', 'TDZA', 'MLFS']) {
      const rows = Number(line[id]);
      counts[id] ??= {};
      if (rows > 0) counts[id][line['date'] ?? ''] = rows;
    }
  }
  return counts;
}

const PHASE_4 = { phase: 'phase4', bootstrapDays: 17 } as const;

/** The needs that the issue states; the others are not known. */
export const NOVEMBER_NODES: readonly NodeSpec[] = [
  { id: 'TDZA', ...PHASE_4, calendar: 'daily', entity: ['entity'] },
  { id: 'PSZA', ...PHASE_4, calendar: 'daily', entity: ['entity'] },
  { id: 'PDC', ...PHASE_4 },
  { id: 'PCF', ...PHASE_4, needs: [{ node: 'TDZA', minEntities: 30 }, 'PSZA', 'PDC'] },
  { id: 'MLFS', phase: 'phase5', bootstrapDays: 17, needs: ['PCF', { node: 'PDC', minRows: 100 }] },
];

/** The same with what PCF really lacked. UTGC holds two rows a game. */
export const NOVEMBER_NODES_WITH_CAUSES: readonly NodeSpec[] = NOVEMBER_NODES.flatMap((node) =>
  node.id === 'PCF'
    ? [
        { id: 'UTGC', phase: 'phase3', bootstrapDays: 17, expect: { rowsPerCount: 2 } },
        {
          ...node,
          needs: [{ node: 'TDZA', minEntities: 30 }, { node: 'PSZA', minRows: 100 }, 'PDC', { node: 'UTGC', minRows: 10 }],
        },
      ]
    : [node],
);

/** Rows of UTGC: two a game. */
export function teamRows(games: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(games).map(([date, count]) => [date, count * 2]));
}

/** November 2021 as one input: production thresholds, read on 2021-12-02. Entities are as many as rows. */
export function november2021(nodes: readonly NodeSpec[]): InputSpec {
  const { games, seasons } = realGames(2021, 2021);
  const data: Record<string, Record<string, Held>> = { ...recordedCounts(), UTGC: teamRows(games) };
  return {
    seasons: seasons.map(({ from, to }) => [from, to] as const),
    calendars: [GAMES, DAILY],
    calendarDates: { games },
    nodes,
    data,
    mode: 'production',
  };
}

/** Every date of a range as ISO text is a day of the grid: `[from, to]`. */
export function dayRange([from, to]: readonly [string, string]): { from: number; to: number } {
  return { from: day(from), to: day(to) };
}
