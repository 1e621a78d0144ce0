import { execFile } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Google's own command line of BigQuery, where it is installed. */
export class BqCommand {
  readonly #path: string;
  readonly #discovery: string;

  private constructor(path: string, discovery: string) {
    this.#path = path;
    this.#discovery = discovery;
  }

  /** Undefined where there is none on the PATH. */
  static find(): BqCommand | undefined {
    const path = (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((folder) => join(folder, 'bq'))
      .find((candidate) => existsSync(candidate));
    if (path === undefined) return undefined;
    // An emulator need not serve the description of the API that bq asks for first; bq brings one along.
    const discovery = join(dirname(dirname(realpathSync(path))), 'platform/bq/discovery_next/bigquery.json');
    return existsSync(discovery) ? new BqCommand(path, discovery) : undefined;
  }

  /**
   * The rows of a query, each value as a text.
   * @param folder for its settings and its log: it reads and leaves nothing elsewhere.
   */
  async query(endpoint: string, project: string, sql: string, folder: string): Promise<Record<string, string | null>[]> {
    const discovery = join(folder, 'discovery.json');
    const document = JSON.parse(readFileSync(this.#discovery, 'utf8')) as object;
    const base = { rootUrl: `${endpoint}/`, baseUrl: `${endpoint}/bigquery/v2/`, batchPath: 'batch/bigquery/v2' };
    writeFileSync(discovery, JSON.stringify({ ...document, ...base }));
    const words = ['--bigqueryrc=/dev/null', `--api=${endpoint}`, `--discovery_file=${discovery}`, `--project_id=${project}`];
    const env = {
      ...process.env,
      CLOUDSDK_AUTH_ACCESS_TOKEN: 'emulator',
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_CONFIG: folder,
    };
    const { stdout } = await promisify(execFile)(
      this.#path,
      [...words, '--headless', '--quiet', '--format=json', 'query', '--use_legacy_sql=false', '--max_rows=10000', sql],
      { env, cwd: folder },
    ).catch((error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`bq: ${error.stdout ?? ''}${error.stderr ?? error.message}`);
    });
    return JSON.parse(stdout.trim() || '[]') as Record<string, string | null>[];
  }
}
