import { WarehouseError } from '../../app/ports';
import { BigqueryFailure, bigqueryError, isOfWrongLocation } from './bigqueryErrors';
import type { BigqueryConfig } from './config';
import type { bigquery } from './rest';
import { datasetOf, type TablePath } from './tablePath';
import { type Transport, unlessAborted } from './transport';

/** Where datasets are: each is asked once, for free, and again when BigQuery says otherwise. */
export class Locations {
  readonly #transport: Transport;
  readonly #config: BigqueryConfig;
  readonly #metadataMs: number;
  /** By `project.dataset`. */
  readonly #known = new Map<string, Promise<string>>();

  constructor(transport: Transport, config: BigqueryConfig, metadataMs: number) {
    this.#transport = transport;
    this.#config = config;
    this.#metadataMs = metadataMs;
  }

  /** Notes what another answer told. */
  learn(path: TablePath, location: string): void {
    if (location !== '') this.#known.set(datasetOf(path), Promise.resolve(location));
  }

  of(path: TablePath, signal: AbortSignal): Promise<string> {
    const key = datasetOf(path);
    const asked = this.#known.get(key) ?? this.#ask(key, path);
    return unlessAborted(asked, signal);
  }

  /**
   * Runs work that reads tables where they are, and once more where BigQuery does not find them there.
   * @param given the location, where the caller knows it. The work gets undefined where nothing tells it.
   */
  async whereTheyAre<T>(
    tables: readonly TablePath[],
    given: string | undefined,
    signal: AbortSignal,
    work: (location: string | undefined) => Promise<T>,
  ): Promise<T> {
    const datasets = new Map(tables.map((path) => [datasetOf(path), path]));
    const location = given ?? (await this.#common(datasets, signal));
    try {
      return await work(location);
    } catch (thrown) {
      if (thrown instanceof WarehouseError || !isOfWrongLocation(BigqueryFailure.of(thrown))) throw thrown;
      for (const dataset of datasets.keys()) this.#known.delete(dataset);
      const actual = await this.#common(datasets, signal);
      // With the right location BigQuery says the same now and then, and means it only the second time.
      return work(actual ?? location);
    }
  }

  async #common(datasets: ReadonlyMap<string, TablePath>, signal: AbortSignal): Promise<string | undefined> {
    const found = new Map<string, string>();
    for (const [dataset, path] of datasets) {
      try {
        found.set(await this.of(path, signal), dataset);
      } catch (thrown) {
        signal.throwIfAborted();
        // Tables can be readable in a dataset that is not: then the query itself tells what is wrong.
        if (!bigqueryError(thrown, this.#config).isOfOneNode) throw thrown;
      }
    }
    const [first, second] = found;
    if (first === undefined) return this.#config.location;
    if (second === undefined) return first[0];
    throw new WarehouseError(
      'location',
      `One query cannot read ${first[1]} in ${first[0]} and ${second[1]} in ${second[0]}: tables of one node must be in one location.`,
    );
  }

  #ask(key: string, { project, dataset }: TablePath): Promise<string> {
    const request = { method: 'GET', project, path: `datasets/${dataset}` } as const;
    // Whoever asks first may give up while others wait: its signal is not theirs.
    const asked = this.#transport
      .send<bigquery.IDataset>(request, AbortSignal.timeout(this.#metadataMs))
      .then(({ location }) => location ?? 'US');
    this.#known.set(key, asked);
    asked.catch(() => this.#known.get(key) === asked && this.#known.delete(key));
    return asked;
  }
}
