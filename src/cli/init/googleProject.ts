import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileText } from './fileText';

/** Where BigQuery's tables are likely to be, and what says so. */
export interface GoogleProject {
  readonly project: string;
  /** Such as `GCP_PROJECT_ID` or `.env`. */
  readonly from: string;
  readonly location?: string;
  /** Of an emulator. */
  readonly endpoint?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PROJECT_VARIABLES = ['GCP_PROJECT_ID', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'CLOUDSDK_CORE_PROJECT', 'BQ_PROJECT'];
const LOCATION_VARIABLES = ['BQ_LOCATION', 'BIGQUERY_LOCATION'];
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/**
 * The project that the environment names, else the folder's `.env`, else gcloud's configuration. Files are read, no program is started
 * and nobody signs in.
 */
export async function findGoogleProject(folder: string, env: Environment): Promise<GoogleProject | undefined> {
  const dotenv = variablesIn(await fileText(join(folder, '.env')));
  const gcloud = await gcloudProject(env);
  const candidates: readonly (readonly [value: string | undefined, from: string])[] = [
    ...PROJECT_VARIABLES.map((name) => [env[name], name] as const),
    ...PROJECT_VARIABLES.map((name) => [dotenv.get(name), '.env'] as const),
    [gcloud, "gcloud's configuration"],
  ];
  const found = candidates.find(([value]) => value !== undefined && PROJECT.test(value));
  if (found?.[0] === undefined) return undefined;
  const location = LOCATION_VARIABLES.map((name) => env[name] ?? dotenv.get(name)).find((value) => value !== undefined);
  const endpoint = env['BIGQUERY_EMULATOR_HOST'];
  return {
    project: found[0],
    from: found[1],
    ...(location !== undefined && { location }),
    ...(endpoint !== undefined && { endpoint: /^https?:/.test(endpoint) ? endpoint : `http://${endpoint}` }),
  };
}

/** The `project` of the active configuration. */
async function gcloudProject(env: Environment): Promise<string | undefined> {
  const folder = env['CLOUDSDK_CONFIG'] ?? defaultFolder(env);
  const active = env['CLOUDSDK_ACTIVE_CONFIG_NAME'] ?? ((await fileText(join(folder, 'active_config'))).trim() || 'default');
  if (!/^[\w-]+$/.test(active)) return undefined;
  const text = await fileText(join(folder, 'configurations', `config_${active}`));
  const core = /^\[core\]\s*$([^[]*)/m.exec(text)?.[1] ?? '';
  return /^\s*project\s*=\s*(\S+)/m.exec(core)?.[1];
}

function defaultFolder(env: Environment): string {
  const roaming = env['APPDATA'];
  return process.platform === 'win32' && roaming !== undefined ? join(roaming, 'gcloud') : join(homedir(), '.config', 'gcloud');
}

/** The variables of a `.env` file. */
export function variablesIn(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^#\s]*))/gm);
  return new Map(Array.from(lines, ([, name = '', double, single, plain]) => [name, double ?? single ?? plain ?? '']));
}
