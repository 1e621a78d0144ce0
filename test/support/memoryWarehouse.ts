import type { Warehouse, WarehouseReading } from '../../src/app/ports';
import type { Day } from '../../src/base/day';
import type { PartitionObservation } from '../../src/core/observation/observation';
import type { Pipeline, PipelineNode } from '../../src/core/pipeline';

/** A warehouse that holds rows by node and date, and counts what it is asked. Dates that were written twice differ in `content`. */
export class MemoryWarehouse implements Warehouse {
  readonly rows = new Map<string, Map<Day, { rows: number; version: number }>>();
  observes = 0;
  reads = 0;

  set(node: string, day: Day, rows: number): void {
    const dates = this.rows.get(node) ?? new Map<Day, { rows: number; version: number }>();
    dates.set(day, { rows, version: (dates.get(day)?.version ?? 0) + 1 });
    this.rows.set(node, dates);
  }

  async probe(): Promise<string> {
    return '';
  }

  async observe(pipeline: Pipeline): Promise<WarehouseReading> {
    this.observes += 1;
    const readAt = Date.now();
    const nodes = pipeline.nodes.map(({ id }) => {
      const dates = [...(this.rows.get(id) ?? [])].filter(([, { rows }]) => rows > 0).sort(([a], [b]) => a - b);
      const days = Int32Array.from(dates, ([day]) => day);
      return [id, { days, rows: Int32Array.from(dates, ([, { rows }]) => rows), checks: [], readAt }] as const;
    });
    return { readAt, nodes: new Map(nodes), calendars: new Map(), errors: new Map() };
  }

  async read({ id }: PipelineNode, days: readonly Day[]): Promise<ReadonlyMap<Day, PartitionObservation>> {
    this.reads += 1;
    return new Map(
      days.map((day) => {
        const { rows = 0, version = 0 } = this.rows.get(id)?.get(day) ?? {};
        return [day, { day, rows, checks: [], content: `${version}` }];
      }),
    );
  }

  async entities(): Promise<ReadonlyMap<Day, readonly string[]>> {
    return new Map();
  }

  async schema(): Promise<[]> {
    return [];
  }

  async coverageSql(): Promise<string> {
    return '';
  }
}
