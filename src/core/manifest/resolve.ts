import { didYouMean, nearest } from '../../base/nearest';
import { BUILT_IN_NAMES } from '../logs/builtIn/profiles';
import type { Calendar, Expectation, Need, NodeBase, Phase, Processor, SingleNeed, Source } from '../pipeline';
import type { RawNeed, RawSingleNeed, Reference } from './needs';
import { type RawNode, type RawPhase, type RawProcessor, reportTaken } from './nodes';
import { topologicalOrder } from './order';
import { present } from './present';
import type { Located, Place } from './reader';

export interface RawPipeline {
  readonly calendars: readonly Calendar[];
  readonly sources: readonly RawNode[];
  readonly phases: readonly RawPhase[];
  /** Names of those of the manifest. */
  readonly logProfiles: readonly string[];
}

export interface ResolvedNodes {
  readonly phases: readonly Phase[];
  readonly sources: readonly Source[];
  readonly processors: readonly Processor[];
  readonly order: readonly number[];
}

/** A dependency on the same date, with where it is written. */
interface Edge {
  readonly on: number;
  readonly place: Place;
}

interface Defaults {
  readonly calendar: Located<string> | undefined;
  readonly bootstrapDays: number;
}

/** Looks ids up, and orders the nodes. Reports ids that are taken or unknown, and cycles. */
export function resolveNodes(raw: RawPipeline): ResolvedNodes {
  return new Resolver(raw).resolve();
}

class Resolver {
  readonly #raw: RawPipeline;
  readonly #nodes: readonly RawNode[];
  readonly #indexes = new Map<string, number>();
  readonly #edges: Edge[][];
  readonly #phaseOf: number[];

  constructor(raw: RawPipeline) {
    this.#raw = raw;
    this.#nodes = [...raw.sources, ...raw.phases.flatMap(({ processors }) => processors)];
    for (const [index, { id }] of this.#nodes.entries())
      if (id.value !== '' && !this.#indexes.has(id.value)) this.#indexes.set(id.value, index);
    this.#edges = this.#nodes.map(() => []);
    this.#phaseOf = [...raw.sources.map(() => -1), ...raw.phases.flatMap(({ processors }, phase) => processors.map(() => phase))];
  }

  resolve(): ResolvedNodes {
    const { sources, phases } = this.#raw;
    reportTaken(this.#nodes.map(({ id }) => id));
    reportTaken(phases.map(({ id }) => id));
    let index = 0;
    const resolvedSources = sources.map(
      (raw): Source => ({
        kind: 'source',
        ...this.#base(raw, index++, { calendar: undefined, bootstrapDays: 0 }),
      }),
    );
    const processors = phases.flatMap((phase, phaseIndex) =>
      phase.processors.map((raw) => this.#processor(raw, index++, phaseIndex, phase)),
    );
    for (const { calendar } of phases) this.#calendar(calendar);
    this.#reportSharedTables();
    return {
      phases: phases.map(({ id, name }, at): Phase => ({ index: at, id: id.value, name })),
      sources: resolvedSources,
      processors,
      order: this.#order(),
    };
  }

  #processor(raw: RawProcessor, index: number, phase: number, defaults: Defaults): Processor {
    return {
      kind: 'processor',
      ...this.#base(raw, index, defaults),
      phase,
      needs: raw.needs.flatMap((need) => this.#need(need, index) ?? []),
      run: raw.run,
      env: raw.env,
      writes: raw.writes,
      aliases: raw.aliases,
      ...present({ log: this.#logProfile(raw.log) }),
    };
  }

  #logProfile(name: Located<string> | undefined): string | undefined {
    if (name === undefined || name.value === '') return undefined;
    const known = [...this.#raw.logProfiles, ...BUILT_IN_NAMES];
    if (known.includes(name.value)) return name.value;
    return reportUnknown(name.place, `No log profile is called \`${name.value}\`.`, name.value, () => known);
  }

  #base(raw: RawNode, index: number, defaults: Defaults): NodeBase {
    const calendar = this.#calendar(raw.calendar ?? defaults.calendar);
    return {
      index,
      id: raw.id.value,
      name: raw.name,
      tables: raw.tables,
      dateColumn: raw.dateColumn,
      ...present({ where: raw.where, writtenAt: raw.writtenAt }),
      entity: raw.entity,
      key: raw.key,
      calendar,
      bootstrapDays: raw.bootstrapDays ?? defaults.bootstrapDays,
      expect: this.#expectation(raw, index, calendar),
      checks: raw.checks,
      range: raw.range,
    };
  }

  #calendar(named: Located<string> | undefined): number {
    if (named === undefined || named.value === '') return 0;
    const names = this.#raw.calendars.map(({ name }) => name);
    const found = names.indexOf(named.value);
    if (found < 0) reportUnknown(named.place, `No calendar is called \`${named.value}\`.`, named.value, () => names);
    return Math.max(0, found);
  }

  #expectation({ expect }: RawNode, index: number, calendar: number): Expectation {
    const { minRows, entities, rowsPerCount, ratioOf } = expect;
    const counted = this.#raw.calendars[calendar];
    if (rowsPerCount !== undefined && counted?.kind === 'every')
      rowsPerCount.place.error(
        'conflictingKeys',
        `\`rows_per_count\` multiplies a calendar's count, and \`${counted.name}\` has none: use \`min_rows\`, or a calendar with a table.`,
      );
    const node = ratioOf && this.#lookUp(ratioOf.on);
    if (ratioOf !== undefined && node !== undefined) this.#edges[index]?.push({ on: node, place: ratioOf.on.place });
    return {
      minRows,
      ...present({
        entities,
        rowsPerCount: rowsPerCount?.value,
        ratioOf: node === undefined ? undefined : { node, atLeast: ratioOf?.atLeast ?? 1 },
      }),
    };
  }

  #need(need: RawNeed, index: number): Need | undefined {
    if (need.kind === 'single') return this.#single(need, index);
    return {
      kind: 'anyOf',
      critical: need.critical,
      ...present({ mode: need.mode }),
      alternatives: need.alternatives.flatMap((one) => this.#single({ ...one, critical: need.critical }, index) ?? []),
    };
  }

  #single({ on, entitiesPlace, ...need }: RawSingleNeed, index: number): SingleNeed | undefined {
    const node = on && this.#lookUp(on);
    if (on === undefined || node === undefined) return undefined;
    if (need.window.kind === 'same') {
      this.#edges[index]?.push({ on: node, place: on.place });
      if ((this.#phaseOf[node] ?? 0) > (this.#phaseOf[index] ?? 0))
        on.place.warning('laterPhase', `\`${on.id}\` is of a later phase, which runs after this one: move one of the two.`);
    }
    if (this.#nodes[node]?.entity.length === 0)
      entitiesPlace?.error('missingKey', `\`${on.id}\` has no \`entity\` to count: say there which column names its entities.`);
    return { ...need, node };
  }

  #lookUp({ id, kind, place, key }: Reference): number | undefined {
    const found = this.#indexes.get(id);
    if (found === undefined) {
      const isOfKind = (name: string): boolean => kind === undefined || this.#kindOf(this.#indexes.get(name) ?? 0) === kind;
      return reportUnknown(place, `No ${kind ?? 'source or processor'} has the id \`${id}\`.`, id, () =>
        [...this.#indexes.keys()].filter(isOfKind),
      );
    }
    const actual = this.#kindOf(found);
    if (kind !== undefined && kind !== actual)
      return place.error('unknownReference', `\`${id}\` is a ${actual}: write \`${actual}: ${id}\`.`, key?.replaceBy(actual));
    return found;
  }

  #kindOf(index: number): 'source' | 'processor' {
    return index < this.#raw.sources.length ? 'source' : 'processor';
  }

  /** A copied processor whose table was left as it was would look as covered as the one it was copied from. */
  #reportSharedTables(): void {
    const owners = new Map<string, string>();
    for (const { id, tables, where, tablesPlace } of this.#nodes.slice(this.#raw.sources.length))
      for (const table of tables) {
        const share = JSON.stringify([table, where]);
        const owner = owners.get(share);
        if (owner === undefined) owners.set(share, id.value);
        else if (owner !== id.value && table !== '')
          tablesPlace.warning(
            'sharedTable',
            `\`${owner}\` fills \`${table}\` as well: correct the table, or give each its share with \`where\`.`,
          );
      }
  }

  #order(): readonly number[] {
    const name = (index: number): string => this.#nodes[index]?.id.value ?? '';
    return topologicalOrder(
      this.#edges.map((edges) => edges.map(({ on }) => on)),
      (path) => {
        const [from, back] = path.slice(-2);
        const closing = this.#edges[from ?? 0]?.find(({ on }) => on === back);
        const text =
          path.length === 2
            ? `\`${name(path[0] ?? 0)}\` needs itself on the same date`
            : `These need each other on the same date: ${shortened(path.map(name)).join(' → ')}`;
        closing?.place.error('cycle', `${text}. Remove one of the needs, or let it look back with \`at: previous\`.`);
      },
    );
  }
}

/** With more, comparing a name with each of them takes longer than a suggestion is worth. */
const MAX_CANDIDATES = 1000;

function reportUnknown(place: Place, message: string, name: string, known: () => readonly string[]): undefined {
  if (place.text.full) return place.error('unknownReference', message);
  const candidates = known();
  const meant = candidates.length > MAX_CANDIDATES ? undefined : nearest(name, candidates);
  const advice =
    meant === undefined && candidates.length > 0 && candidates.length <= 12
      ? ` There are ${candidates.join(', ')}.`
      : didYouMean(meant);
  return place.error('unknownReference', `${message}${advice}`, meant === undefined ? undefined : place.replaceBy(meant));
}

function shortened(path: readonly string[]): readonly string[] {
  return path.length <= 12 ? path : [...path.slice(0, 6), `… (${path.length - 11} more)`, ...path.slice(-5)];
}
