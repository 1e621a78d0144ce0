interface QueryAnswer {
  readonly rows?: readonly { readonly f: readonly { readonly v: unknown }[] }[];
  readonly errors?: readonly { readonly message: string }[];
}

/** BigQuery's API without the product's own client, so that what that did is judged by somebody else. */
export class BigquerySql {
  readonly #url: string;

  /** @param endpoint such as `http://127.0.0.1:9050`. */
  constructor(endpoint: string, project: string) {
    this.#url = `${endpoint}/bigquery/v2/projects/${project}`;
  }

  async makeDataset(datasetId: string): Promise<void> {
    await this.#post('datasets', { datasetReference: { datasetId } });
  }

  /** Runs statements one after the other. */
  async run(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.rows(statement);
  }

  /** The rows of a query, values as text; `null` for NULL. */
  async rows(query: string): Promise<string[][]> {
    const { rows = [], errors = [] } = await this.#post<QueryAnswer>('queries', { query, useLegacySql: false });
    if (errors[0] !== undefined) throw new Error(`${query}: ${errors[0].message}`);
    return rows.map(({ f }) => f.map(({ v }) => (typeof v === 'string' ? v : JSON.stringify(v))));
  }

  async #post<T>(path: string, body: object): Promise<T> {
    const answer = await fetch(`${this.#url}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }
}
